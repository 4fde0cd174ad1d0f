import { createReadStream } from 'node:fs';
import FormData from 'form-data';
import { HttpClient } from 'typed-rest-client/HttpClient.js';
import { headers, meta, path, url } from './call.mjs';

const form = new FormData();
form.append('meta', meta);
form.append('file', createReadStream(path));
const response = await new HttpClient(headers['User-Agent']).sendStream('POST', url, form, {
  ...headers,
  ...form.getHeaders(),
});
await response.readBody();
