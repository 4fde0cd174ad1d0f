/** undici's request function with undici's FormData. */
import { FormData, request } from 'undici';
import { authorizationOf, readCall, tell } from './call.mjs';

const call = readCall();
const form = new FormData();
form.append('meta', call.meta);
form.append('file', new File([call.file], '图片 "1".png', { type: 'image/png' }));

const answer = await request(call.credentials.baseUrl + call.path, {
  method: 'POST',
  headers: {
    Authorization: authorizationOf(call),
    Accept: 'application/json',
    'User-Agent': 'undici',
    'Wechatpay-Serial': call.platformKeyId,
  },
  body: form,
});
tell({ status: answer.statusCode, headers: answer.headers, body: await answer.body.text() });
