import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { uploadEndpoint } from '@coupon-media/apiv3';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { PNG, png, sha256, signedUpload, type UploadShape } from './support/exchange.js';
import { httpBytes, rawConnection, type TestService, testService } from './support/service.js';
import { shippedProxies } from './support/shipped-proxies.js';

vi.setConfig({ testTimeout: 60_000 });

const UPLOAD = uploadEndpoint('product-coupon').path;
const MIB = 1024 * 1024;
const LARGE = png(1, 1, Buffer.alloc(1.9 * MIB, 'pixels'));
/** Requests the image that has been uploaded before. */
const IMAGE = `/images/${sha256(PNG)}.png`;

/** What a connection received. */
interface Seen {
  /** The statuses of all responses, including 100. Empty if the connection was closed without one. */
  statuses: number[];
  code?: string | undefined;
  /**
   * Who wrote the `Request-ID` of the last response, which clients require (contract 3.2). The node's is in upper case.
   */
  by?: 'node' | 'proxy' | undefined;
}

/** A request, and what a proxy returns for it. nginx may return something else. */
type Row = readonly [
  does: string,
  sent: (UploadShape & { chunked?: boolean }) | string,
  seen: Seen,
  ofNginx?: Seen,
];

const STORED: Seen = { statuses: [200], by: 'node' };
const UNKNOWN: Seen = { statuses: [404], by: 'proxy' };
const UNSIGNED: Seen = { statuses: [401], code: 'SIGN_ERROR', by: 'node' };

/** Beside the columns of e2e/proxies/columns.ts, which measures every shipped proxy by TLS. */
const ROWS: readonly Row[] = [
  ['a small upload', {}, STORED],
  ['a small upload, chunked', { chunked: true }, STORED],
  ['a signature over something else, while 1.9 MB are sent', { signed: '{}', file: LARGE }, UNSIGNED],
  ['a sibling endpoint', { path: '/v3/merchant/media/upload' }, STORED],
  // HAProxy leaves reading the rest of the body to the node.
  [
    '1.9 MB to a path that is not there',
    { path: '/v3/unknown', file: LARGE },
    { ...UNKNOWN, by: 'node' },
    UNKNOWN,
  ],
  ['a body to readiness', { path: '/%72eadyz' }, { ...UNKNOWN, by: 'node' }, UNKNOWN],
  ['an image', IMAGE, STORED],
  ['an image with a query', `${IMAGE}?v=1`, STORED],
  ['an image that is not there', `/images/${'0'.repeat(64)}.png`, { statuses: [404], by: 'node' }],
  ['another method', UPLOAD, { statuses: [405], by: 'node' }],
  ['certificates, unsigned', '/v3/certificates', UNSIGNED],
  ['readiness', '/readyz', UNKNOWN],
  ['readiness, escaped', '/%72eadyz', UNKNOWN],
  ['readiness, behind a path that is let in', '/v3/certificates/../../readyz', UNKNOWN],
  ['health', '/healthz', UNKNOWN],
  ['metrics', '/metrics', UNKNOWN],
  ['documentation', '/docs', UNKNOWN],
  ['the description', '/openapi.json?', UNKNOWN],
  ['two slashes', '//v3/certificates', UNKNOWN],
  ['another letter case', '/V3/certificates', UNKNOWN],
  ['an image whose path is escaped', IMAGE.replace('i', '%69'), UNKNOWN],
];

for (const { name, needed, start } of shippedProxies) {
  describe(`behind the shipped configuration of ${name}`, needed, () => {
    test('uploads, images and refusals pass according to the table, and nothing else does', async () => {
      const service = await testService();
      const { port } = await start(service.port);
      const seen: Record<string, Seen> = {};
      for (const [does, sent] of ROWS) seen[does] = await exchange(port, await bytesOf(service, sent));
      const wanted = ROWS.map(([does, , all, nginx = all]) => [does, name === 'nginx' ? nginx : all]);
      expect(seen).toEqual(Object.fromEntries(wanted));
    });

    test('the log contains the key that signed a response, and its Request-ID', async () => {
      const service = await testService();
      const { port, log } = await start(service.port);
      const answer = await answerTo(port, await bytesOf(service, {}));
      const [, requestId] = /^Request-ID: (.+)\r$/m.exec(answer) ?? [];
      await expect.poll(log).toContain(`{${service.credentials.wechatPayPublicKeyId}|${requestId}}`);
    });

    test('one address may have 200 connections, and new ones after these have closed', async () => {
      const service = await testService();
      const { port } = await start(service.port);
      const bytes = await bytesOf(service, {});
      const held = new Set<Socket>();
      onTestFinished(() => {
        for (const socket of held) socket.destroy();
      });
      // The proxy may still count a connection that has closed, and then closes one of these: another takes its place.
      async function hold(): Promise<void> {
        for (const socket of held) if (socket.closed) held.delete(socket);
        while (held.size < 200) held.add(await holdOpen(port, bytes));
      }
      const limited: Seen = { statuses: [429], code: 'RATELIMIT_EXCEEDED', by: 'proxy' };
      // HAProxy's threads count separately at first, and it closes before it reads.
      const further = async () => exchange(port, await bytesOf(service, {}));
      const beside = () => hold().then(further);
      await expect.poll(beside).toEqual(name === 'nginx' ? limited : { statuses: [] });
      for (const socket of held) socket.destroy();
      await expect.poll(further).toEqual(STORED);
    });

    test('a stalled body is refused by the node, and the refusal arrives', async () => {
      const service = await testService({ minRateWindowSeconds: 1 });
      // HAProxy keeps the connection until its own timeout has passed as well.
      const { port } = await start(service.port, [[/(timeout client|client_body_timeout) 20s/, '$1 5s']]);
      const bytes = await bytesOf(service, { file: LARGE });
      expect(await exchange(port, bytes.subarray(0, MIB))).toEqual({ statuses: [408], by: 'node' });
    });

    test('a stalled head is cut off by the proxy', async () => {
      const service = await testService();
      const { port } = await start(service.port, [
        [/(timeout http-request|client_header_timeout) 15s/, '$1 1s'],
      ]);
      const { statuses } = await exchange(port, Buffer.from(`POST ${UPLOAD} HTTP/1.1\r\nHost: x\r\n`));
      // nginx closes without a response.
      expect(statuses).toEqual(name === 'nginx' ? [] : [408]);
    });
  });
}

/** A request as bytes, which closes its connection. */
async function bytesOf({ credentials }: TestService, sent: Row[1]): Promise<Buffer> {
  if (typeof sent === 'string')
    return Buffer.from(
      `GET ${sent} HTTP/1.1\r\nHost: x\r\nAccept: */*\r\nUser-Agent: test\r\nConnection: close\r\n\r\n`,
    );
  const { chunked, headers, ...shape } = sent;
  const upload = await signedUpload(credentials, { ...shape, headers: { ...headers, Connection: 'close' } });
  const { head, body } = httpBytes(upload);
  if (!chunked) return Buffer.concat([Buffer.from(head), body]);
  const chunks = [`${body.length.toString(16)}\r\n`, body, '\r\n0\r\n\r\n'].map((part) => Buffer.from(part));
  return Buffer.concat([
    Buffer.from(head.replace(/Content-Length: \d+/, 'Transfer-Encoding: chunked')),
    ...chunks,
  ]);
}

/** Writes everything at once, as a client does that waits for nothing, and reads to the end of the connection. */
async function answerTo(port: number, bytes: Buffer): Promise<string> {
  const { socket, closed } = await rawConnection(port);
  socket.write(bytes);
  return closed;
}

async function exchange(port: number, bytes: Buffer): Promise<Seen> {
  const answer = await answerTo(port, bytes);
  const [, id] = /^request-id: (\S+)-\d+\r$/im.exec(answer) ?? [];
  const [, code] = /"code":"(\w+)"/.exec(answer) ?? [];
  return {
    statuses: [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status)),
    ...(code && { code }),
    ...(id && { by: id === id.toUpperCase() ? ('node' as const) : ('proxy' as const) }),
  };
}

/** A connection with an unfinished request. */
async function holdOpen(port: number, bytes: Buffer): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(bytes.subarray(0, -1));
  // Its end is seen by reading only.
  socket.resume();
  return socket;
}
