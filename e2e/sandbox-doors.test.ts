import { createServer, request as httpRequest, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { type Sandbox, startSandbox } from '@coupon-media/sandbox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** Whatever a page that is open in a browser could try with the doors of a sandbox that change something, or show something. */

const RULE = '{"request":{"urlPath":"/v3/a"},"response":{}}';
let sandbox: Sandbox;
let receiver: Server;
let delivered = 0;
beforeAll(async () => {
  sandbox = await startSandbox({ language: 'en', allowedHosts: ['sandbox.test'] });
  receiver = createServer((_, response) => {
    delivered += 1;
    response.end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  receiver.close();
  await sandbox.stop();
});

const port = () => Number(new URL(sandbox.credentials.baseUrl).port);
const notification = () =>
  JSON.stringify({ url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/` });

interface Door {
  readonly method: string;
  readonly path: string;
  readonly body?: () => string;
}

const DOORS: readonly Door[] = [
  { method: 'GET', path: '/sandbox/requests' },
  { method: 'GET', path: '/sandbox/requests.har' },
  { method: 'GET', path: '/sandbox/requests/events' },
  { method: 'GET', path: '/sandbox/responses' },
  { method: 'GET', path: '/sandbox/faults' },
  { method: 'POST', path: '/sandbox/responses', body: () => RULE },
  { method: 'POST', path: '/sandbox/faults', body: () => '{"response":{"fault":"EMPTY_RESPONSE"}}' },
  { method: 'POST', path: '/sandbox/notifications', body: notification },
  { method: 'POST', path: '/sandbox/requests/1/replay', body: () => '{}' },
  { method: 'DELETE', path: '/sandbox/requests' },
  { method: 'DELETE', path: '/sandbox/responses' },
  { method: 'DELETE', path: '/sandbox/faults' },
  { method: 'DELETE', path: '/sandbox/faults/a' },
];

/** Headers that fetch would not let through. */
function send(
  { method, path, body }: Door,
  headers: Record<string, string>,
): Promise<{ status: number; cors: string[] }> {
  return new Promise((resolve, reject) => {
    const options = { port: port(), host: '127.0.0.1', path, method, agent: false };
    const sent = httpRequest(
      { ...options, headers: { 'Content-Type': 'application/json', ...headers } },
      (response) => {
        const cors = Object.keys(response.headers).filter((name) => name.startsWith('access-control-'));
        response.resume().on('end', () => resolve({ status: response.statusCode ?? 0, cors }));
      },
    );
    sent.on('error', reject).end(body?.());
  });
}

const PAGES: readonly (readonly [string, Record<string, string>])[] = [
  ['a name that was made to point here', { Host: 'evil.example' }],
  ['a name that begins like the loopback', { Host: '127.0.0.1.evil.example' }],
  ['a name that looks like an address of the loopback', { Host: '127.999.1.1' }],
  ['a name of the loopback with a dot at its end', { Host: 'localhost.' }],
  ['a name that ends like an allowed one', { Host: 'evil.sandbox.test' }],
  ['a foreign origin', { Origin: 'https://evil.example' }],
  ['no origin of a sandboxed frame', { Origin: 'null' }],
  ['another port of this machine', { Origin: 'http://127.0.0.1:1' }],
  ['a cross-site request', { 'Sec-Fetch-Site': 'cross-site' }],
  ['a same-site request', { 'Sec-Fetch-Site': 'same-site' }],
];

describe.each(DOORS)('$method $path', (door) => {
  test.each(PAGES)('%s is refused', async (_, headers) => {
    expect(await send(door, headers)).toEqual({ status: 403, cors: [] });
  });
});

describe.each(DOORS.filter(({ method }) => method !== 'GET'))('$method $path', (door) => {
  const forms = ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain', ''];
  test.each(forms)('a form of the type %j is refused', async (type) => {
    expect(await send(door, { 'Content-Type': type })).toEqual({ status: 415, cors: [] });
  });
});

test('a target in absolute form does not stand for the Host, and two of them are none', async () => {
  const raw = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(port(), '127.0.0.1', () => socket.end(text));
      let answer = '';
      socket.setEncoding('latin1').on('data', (piece: string) => {
        answer += piece;
      });
      socket.on('close', () => resolve(answer.split('\r\n', 1)[0] ?? '')).on('error', reject);
    });
  const end = 'Connection: close\r\n\r\n';
  const own = `127.0.0.1:${port()}`;
  const absolute = `GET http://${own}/sandbox/requests HTTP/1.1\r\nHost: evil.example\r\n${end}`;
  expect(await raw(absolute)).toBe('HTTP/1.1 403 Forbidden');
  for (const target of [
    'http://evil.example',
    `https://${own}`,
    `http://evil.example@${own}`,
    `http://user@${own}`,
  ])
    expect(await raw(`GET ${target}/sandbox/requests HTTP/1.1\r\nHost: ${own}\r\n${end}`)).toBe(
      'HTTP/1.1 403 Forbidden',
    );
  expect(await raw(`GET http://${own}/sandbox/requests HTTP/1.1\r\nHost: ${own}\r\n${end}`)).toBe(
    'HTTP/1.1 200 OK',
  );
  const twice = `GET /sandbox/requests HTTP/1.1\r\nHost: ${own}\r\nHost: evil.example\r\n${end}`;
  expect(await raw(twice)).toBe('HTTP/1.1 400 Bad Request');
  expect(await raw(`GET /sandbox/requests HTTP/1.0\r\n${end}`)).toBe('HTTP/1.1 400 Bad Request');
  expect(await raw(`GET /sandbox/requests HTTP/1.1\r\nHost: \r\n${end}`)).toMatch(/^HTTP\/1\.1 40[03] /);
});

test.each([
  '/sandbox%2frequests',
  '/./sandbox/requests',
  '/x/../sandbox/requests',
  '//sandbox/requests',
  '/SANDBOX/requests',
  '/sandbox/requests/1e0',
  '/sandbox/requests/0x1',
  '/sandbox/requests/__proto__',
])('%s is no other spelling of a path', async (path) => {
  expect(await send({ method: 'GET', path }, {})).toEqual({ status: 404, cors: [] });
});

test('a form whose body is a request is one request', async () => {
  const body = `DELETE /sandbox/requests HTTP/1.1\r\nHost: 127.0.0.1:${port()}\r\nContent-Type: application/json\r\n\r\n`;
  const form: Door = { method: 'POST', path: '/sandbox/responses', body: () => body };
  const before = sandbox.requests.length;
  expect(await send(form, { 'Content-Type': 'text/plain' })).toEqual({ status: 415, cors: [] });
  expect(sandbox.requests.length).toBe(before);
});

test('nothing of it had an effect, and a program of this machine has one', async () => {
  expect(delivered).toBe(0);
  expect(sandbox.responses.list().every(({ isBuiltIn }) => isBuiltIn)).toBe(true);
  expect(sandbox.faults.list()).toEqual([]);
  const rules: Door = { method: 'POST', path: '/sandbox/responses', body: () => RULE };
  expect(await send(rules, { Host: 'sandbox.test' })).toEqual({ status: 201, cors: [] });
  const own: Door = { method: 'POST', path: '/sandbox/notifications', body: notification };
  expect(await send(own, { Origin: sandbox.credentials.baseUrl })).toEqual({ status: 200, cors: [] });
  expect(delivered).toBe(1);
});
