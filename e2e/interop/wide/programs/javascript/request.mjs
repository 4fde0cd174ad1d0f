import { createReadStream } from 'node:fs';
import request from 'request';
import { headers, meta, path, url } from './call.mjs';

request.post({ url, formData: { meta, file: createReadStream(path) }, headers });
