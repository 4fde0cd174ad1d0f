import { createReadStream } from 'node:fs';
import FormData from 'form-data';
import fetch from 'make-fetch-happen';
import { form, headers, meta, path, url } from './call.mjs';

const body = process.argv[2] === 'form-data' ? new FormData() : form();
if (body instanceof FormData) {
  body.append('meta', meta);
  body.append('file', createReadStream(path));
}
await fetch(url, { method: 'POST', body, headers, retry: false });
