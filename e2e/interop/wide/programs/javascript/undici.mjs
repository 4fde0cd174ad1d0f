import { FormData, fetch } from 'undici';
import { file, filename, headers, meta, url } from './call.mjs';

const form = new FormData();
form.set('meta', meta);
form.set('file', file, filename);
await fetch(url, { method: 'POST', body: form, headers });
