/** node:http with nothing but the answer that the caller has the image already. */
import http from 'node:http';
import { listen } from './listen.mjs';

const HEADERS = { ETag: '"1"', 'Cache-Control': 'public, max-age=31536000, immutable' };

/** @type {import('./host.mjs').StartServer} */
export function start() {
  const server = http.createServer((request, response) => {
    const isKnown = request.headers['if-none-match'] === HEADERS.ETag;
    response.writeHead(isKnown ? 304 : 200, HEADERS).end();
  });
  return listen(server);
}
