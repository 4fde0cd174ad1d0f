import needle from 'needle';
import { headers, meta, path, url } from './call.mjs';

const data = { meta, file: { file: path, content_type: 'image/png' } };
await needle('post', url, data, { multipart: true, headers });
