import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createConnectProxy } from '../dist/hosts/connect-proxy.js';
import { HOSTS } from '../dist/hosts/names.js';

const joined: Socket[] = [];
const refused: string[] = [];
const proxy = createConnectProxy({
  join: (socket) => {
    joined.push(socket);
    socket.end('joined');
  },
  onRefused: (target) => refused.push(target),
});
/** A service of this machine that the proxy must not be led to. */
let reached = 0;
const other = createServer((socket) => {
  reached += 1;
  socket.destroy();
});

beforeAll(async () => {
  for (const server of [proxy, other]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
});
afterAll(() => {
  proxy.closeAllConnections();
  for (const server of [proxy, other]) server.close();
});

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** Sends bytes to the proxy. @returns what it sent until it closed the connection */
async function told(bytes: string): Promise<string> {
  const socket = connect(portOf(proxy), '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1').on('data', (part) => {
    text += part;
  });
  socket.on('error', () => {});
  socket.write(Buffer.from(bytes, 'latin1'));
  await once(socket, 'close');
  return text;
}

const asked = (target: string, more = ''): string =>
  `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${more}\r\n`;

test.each([...HOSTS])('joins %s at port 443', async (host) => {
  const before = joined.length;
  expect(await told(asked(`${host}:443`))).toBe('HTTP/1.1 200 Connection Established\r\n\r\njoined');
  expect(joined.length).toBe(before + 1);
});

describe('refuses, and says what NO_PROXY is for', () => {
  const [host] = HOSTS;
  test.each<[string, () => string]>([
    ['another host', () => asked('example.com:443')],
    ['a host above', () => asked('mch.weixin.qq.com:443')],
    ['a host below', () => asked(`a.${host}:443`)],
    ['a host whose beginning is right', () => asked(`${host}.example.com:443`)],
    ['another port', () => asked(`${host}:80`)],
    ['no port', () => asked(host)],
    ['a port with a zero in front', () => asked(`${host}:0443`)],
    ['a port with a sign', () => asked(`${host}:+443`)],
    ['a dot at the end', () => asked(`${host}.:443`)],
    ['upper case', () => asked(`${host.toUpperCase()}:443`)],
    ['a user', () => asked(`user@${host}:443`)],
    ['another host before an @', () => asked(`${host}:443@127.0.0.1:${portOf(other)}`)],
    ['a port of this machine', () => asked(`127.0.0.1:${portOf(other)}`)],
    ['its name', () => asked(`localhost:${portOf(other)}`)],
    ['its address as one number', () => asked(`2130706433:${portOf(other)}`)],
    ['its IPv6 address', () => asked(`[::1]:${portOf(other)}`)],
    ['an IPv6 address that holds one of IPv4', () => asked(`[::ffff:127.0.0.1]:${portOf(other)}`)],
    ['a percent-encoded host', () => asked(`api%2Emch.weixin.qq.com:443`)],
    [
      'a Host header that differs',
      () => `CONNECT 127.0.0.1:${portOf(other)} HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`,
    ],
    ['data before the 200', () => `${asked(`${host}:443`)}\x16\x03\x01`],
    ['a body', () => `${asked(`${host}:443`, 'Content-Length: 5\r\n')}12345`],
    ['a chunked body', () => `${asked(`${host}:443`, 'Transfer-Encoding: chunked\r\n')}0\r\n\r\n`],
    ['a URL', () => `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
    ['a URL of this machine', () => `GET http://127.0.0.1:${portOf(other)}/ HTTP/1.1\r\nHost: a\r\n\r\n`],
    [
      'a URL with https',
      () => `POST https://${host}/v3/ HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 2\r\n\r\n{}`,
    ],
    ['a request to itself', () => 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
    [
      'a page of another origin',
      () => 'POST / HTTP/1.1\r\nHost: a\r\nOrigin: http://evil.example\r\nContent-Length: 0\r\n\r\n',
    ],
    ['an upgrade', () => 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
    [
      'a body that waits for 100',
      () => 'PUT http://a/ HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n',
    ],
    ['HTTP/1.0 without a host', () => 'CONNECT example.com:443 HTTP/1.0\r\n\r\n'],
  ])('%s', async (_what, bytes) => {
    const before = [joined.length, reached, refused.length];
    const answer = await told(bytes());
    expect(answer).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(answer).toContain('NO_PROXY');
    expect(answer).not.toMatch(/Access-Control/i);
    expect([joined.length, reached, refused.length - 1]).toEqual(before);
  });
});

describe('closes within bounds', () => {
  test.each([
    ['a head of 9 KiB', asked('a:1', `X: ${'a'.repeat(9 * 1024)}\r\n`)],
    ['what is not HTTP', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['a letter that looks like one', asked(`${HOSTS[0].replace('a', '\xe1')}:443`)],
    ['SOCKS 5', '\x05\x01\x00\r\n\r\n'],
    ['a target with a space', `CONNECT ${HOSTS[0]}:443 x HTTP/1.1\r\n\r\n`],
    ['a line feed in a header', asked(`${HOSTS[0]}:443`, 'A: b\r\rC: d\r\n')],
    ['two requests in one write', `${asked('a:1')}${asked(`${HOSTS[0]}:443`)}`],
  ])('%s', async (_what, bytes) => {
    const before = [joined.length, reached];
    expect(await told(bytes)).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect([joined.length, reached]).toEqual(before);
  });

  test('a head and a body that do not end', async () => {
    const body = 'POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n';
    const both = await Promise.all([told(`CONNECT ${HOSTS[0]}:443 HTTP/1.1\r\nHost`), told(body)]);
    for (const answer of both) expect(answer).toMatch(/^(?:HTTP\/1\.1 408 |$)/);
  });

  test('more connections than 512, and there is room again when they are gone', async () => {
    const closed = new Set<Socket>();
    const many = Array.from({ length: 560 }, () => {
      const socket = connect(portOf(proxy), '127.0.0.1').on('error', () => {});
      return socket.resume().once('close', () => closed.add(socket));
    });
    await expect.poll(() => closed.size).toBeGreaterThanOrEqual(48);
    for (const socket of many) socket.destroy();
    await expect.poll(() => open()).toBe(0);
    expect(await told(asked(`${HOSTS[0]}:443`))).toContain('200 Connection Established');
  });
});

function open(): Promise<number> {
  return new Promise((resolve) => proxy.getConnections((_error, count) => resolve(count)));
}
