import { createReadStream } from 'node:fs';
import axios from 'axios';
import { headers, meta, path, url } from './call.mjs';

const given = process.argv[2] === 'object' ? JSON.parse(meta) : meta;
await axios.postForm(
  url,
  { meta: given, file: createReadStream(path) },
  { headers, validateStatus: () => true },
);
