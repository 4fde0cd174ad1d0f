import { createReadStream } from 'node:fs';
import Wreck from '@hapi/wreck';
import FormData from 'form-data';
import { headers, meta, path, url } from './call.mjs';

const form = new FormData();
form.append('meta', meta);
form.append('file', createReadStream(path));
const response = await Wreck.request('POST', url, {
  payload: form,
  headers: { ...headers, ...form.getHeaders() },
});
await Wreck.read(response);
