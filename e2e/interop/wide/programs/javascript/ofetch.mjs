import { ofetch } from 'ofetch';
import { form, headers, url } from './call.mjs';

await ofetch(url, { method: 'POST', body: form(), headers, ignoreResponseError: true });
