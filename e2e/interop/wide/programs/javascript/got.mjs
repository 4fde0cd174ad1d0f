import got from 'got';
import { form, headers, url } from './call.mjs';

await got.post(url, { body: form(), headers, throwHttpErrors: false, retry: { limit: 0 } });
