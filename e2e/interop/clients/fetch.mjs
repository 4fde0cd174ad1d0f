/** Node's own fetch with FormData. Meta is text, or a Blob so that it has a type. */
import { authorizationOf, readCall, tell } from './call.mjs';

const call = readCall();
const form = new FormData();
form.append(
  'meta',
  call.variant === 'Blob' ? new Blob([call.meta], { type: 'application/json' }) : call.meta,
);
form.append('file', new Blob([call.file], { type: 'image/png' }), call.filename);

const answer = await fetch(call.credentials.baseUrl + call.path, {
  method: 'POST',
  headers: {
    Authorization: authorizationOf(call),
    Accept: 'application/json',
    'Wechatpay-Serial': call.platformKeyId,
  },
  body: form,
});
tell({ status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() });
