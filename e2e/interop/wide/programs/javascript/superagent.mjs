import superagent from 'superagent';
import { headers, meta, path, url } from './call.mjs';

await superagent
  .post(url)
  .set(headers)
  .ok(() => true)
  .field('meta', meta)
  .attach('file', path);
