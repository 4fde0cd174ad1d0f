import ky from 'ky';
import { form, headers, url } from './call.mjs';

await ky.post(url, { body: form(), headers, throwHttpErrors: false, retry: 0 });
