import { form, headers, url } from './call.mjs';

await fetch(url, { method: 'POST', body: form(), headers });
