import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { composed } from '../seam/composed.js';

const HOST = 'Host: x\r\n';

test.each([
  ['a letter of a path written as a number', 'GET /%72eadyz', HOST, 404],
  ['the same of an image', `GET /%69mages/${'0'.repeat(64)}.png`, HOST, 404],
  ['dots', 'GET /images/../readyz', HOST, 404],
  ['slashes', 'GET //readyz', HOST, 404],
  ['other letters', 'GET /READYZ', HOST, 404],
  ['an image of a hundred characters', `GET /images/${'a'.repeat(100)}`, HOST, 404],
  ['an image of a thousand', `GET /images/${'a'.repeat(1000)}.png`, HOST, 404],
  ['an image that is not there', `GET /images/${'0'.repeat(64)}.png`, HOST, 404],
  ['a method that a path does not have', 'DELETE /readyz', HOST, 405],
])('%s: %s is not found, and caches must not keep that', async (_, line, headers, status) => {
  const { port } = await composed();
  const received = await responseTo(port, `${line} HTTP/1.1\r\n${headers}\r\n`);
  expect(received).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(received).toMatch(/^cache-control: no-store\r$/im);
});

test.each([
  ['none', 'HTTP/1.1', '', 400],
  ['none, of HTTP/1.0', 'HTTP/1.0', '', 200],
  ['one', 'HTTP/1.1', HOST, 200],
  ['two', 'HTTP/1.1', `${HOST}host: y\r\n`, 400],
  ['two that are the same', 'HTTP/1.1', HOST.repeat(2), 400],
  ['two, of HTTP/1.0', 'HTTP/1.0', HOST.repeat(2), 400],
])('Host headers: %s', async (_, version, headers, status) => {
  const { port } = await composed();
  const received = await responseTo(port, `GET /healthz ${version}\r\n${headers}\r\n`);
  expect(received).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
});

async function responseTo(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(request);
  const [bytes] = await once(socket, 'data');
  socket.destroy();
  return String(bytes);
}
