import fetch, { FormData, fileFromSync } from 'node-fetch';
import { headers, meta, path, url } from './call.mjs';

const form = new FormData();
form.set('meta', meta);
form.set('file', fileFromSync(path, 'image/png'));
await fetch(url, { method: 'POST', body: form, headers });
