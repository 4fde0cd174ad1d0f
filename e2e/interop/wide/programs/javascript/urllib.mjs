import { request } from 'urllib';
import { headers, meta, path, url } from './call.mjs';

await request(url, { method: 'POST', files: { file: path }, data: { meta }, headers });
