/** node:http that receives a body and drops it. */
import http from 'node:http';
import { listen } from './listen.mjs';

/** @type {import('./host.mjs').StartServer} */
export function start() {
  const server = http.createServer((request, response) => {
    request.on('data', () => {});
    request.on('end', () => response.writeHead(200, { 'Content-Length': 2 }).end('{}'));
  });
  return listen(server);
}
