/** axios with form-data. */
import axios from 'axios';
import FormData from 'form-data';
import { authorizationOf, readCall, tell } from './call.mjs';

const call = readCall();
const form = new FormData();
form.append('meta', call.meta, { contentType: 'application/json' });
form.append('file', call.file, { filename: call.filename });

const answer = await axios.post(call.credentials.baseUrl + call.path, form, {
  headers: {
    ...form.getHeaders(),
    Authorization: authorizationOf(call),
    Accept: 'application/json',
    'Wechatpay-Serial': call.platformKeyId,
  },
  responseType: 'text',
  transformResponse: (text) => text,
});
tell({ status: answer.status, headers: answer.headers, body: answer.data });
