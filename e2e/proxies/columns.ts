import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { uploadEndpoint } from '@coupon-media/apiv3';
import {
  judge,
  PNG,
  png,
  SIGNED_HEADERS,
  type SignedUpload,
  send,
  sha256,
  signedUpload,
  type UploadShape,
} from '../support/exchange.js';
import { httpBytes, type TestService } from '../support/service.js';
import { type Answer, ask, askInTurn, askWaiting, sendRaw } from './asking.js';
import type { CountingNode } from './counting-node.js';

/** What a column is measured with: a proxy before a service, and one before a node that counts. */
export interface Bench {
  readonly service: TestService;
  readonly counting: CountingNode;
  /** Ports of the proxy by TLS: before the service, before the node that counts. */
  readonly port: number;
  readonly countingPort: number;
}

/** A column of the table: what is tried, and a function that says "yes", or what was seen in its place. */
interface Column {
  readonly head: string;
  try(bench: Bench): Promise<string>;
}

export type ColumnName = keyof typeof columns;

const UPLOAD = uploadEndpoint('product-coupon').path;
const MIB = 1024 * 1024;
/** An image of exactly 2 MiB, which is the most that the service takes (contract 5.6). */
const LARGEST = png(1, 1, Buffer.alloc(2 * MIB - PNG.length, 'pixels'));
const YES = 'yes';

export const columns = {
  tls: { head: 'offers http/1.1 only', try: offered },
  length: { head: '2 MiB with a length', try: (bench) => stored(bench, { file: LARGEST }) },
  chunked: { head: '2 MiB chunked', try: (bench) => stored(bench, { file: LARGEST }, { chunked: true }) },
  expect: { head: '`Expect` is the node’s to answer', try: expectation },
  refused: {
    head: '401 arrives while 2 MiB are sent',
    try: (bench) => refused(bench, 401, { authorization: 'none', file: LARGEST }),
  },
  tooLarge: { head: '413 of 20 MiB arrives', try: tooLarge },
  letters: { head: 'header names as the node writes them', try: letters },
  target: {
    head: '`//`, `%7E` in a signed query',
    try: (bench) => stored(bench, { path: `${UPLOAD}?a=%7E//..%2f&&b=()*+&c=%e4;@$` }),
  },
  images: { head: 'Range, ETag, 304 as the node', try: images },
  reused: { head: 'connections are reused', try: reused },
  once: { head: 'a POST goes in once', try: sentOnce },
  inside: { head: 'internal paths stay inside', try: inside },
  own: { head: 'its own 502 or 503 has code and Request-ID', try: ownRefusal },
} as const satisfies Record<string, Column>;

/** A client that speaks both is offered HTTP/1.1; one that asks for nothing gets it as well. */
async function offered({ port }: Bench): Promise<string> {
  const socket = connectTls({
    port,
    host: '127.0.0.1',
    rejectUnauthorized: false,
    ALPNProtocols: ['h2', 'http/1.1'],
  });
  await once(socket, 'secureConnect');
  const { alpnProtocol } = socket;
  socket.destroy();
  return alpnProtocol === 'h2' ? 'h2' : YES;
}

async function stored(bench: Bench, shape: UploadShape, { chunked = false } = {}): Promise<string> {
  const { credentials } = bench.service;
  const answer = await ask(bench.port, withBody(await signedUpload(credentials, shape), chunked));
  if (answer.status !== 200) return said(answer);
  const fault = await judge(credentials, lowerCase(answer), answer.body.toString());
  return fault === undefined ? YES : `200, but ${JSON.stringify(fault)}`;
}

/** The node answers `100 Continue` itself, and refuses on the headers (contract 5.10). */
async function expectation({ port, service: { credentials } }: Bench): Promise<string> {
  const good = await askWaiting(port, withBody(await signedUpload(credentials, { file: LARGEST }), false));
  const bad = await askWaiting(
    port,
    withBody(await signedUpload(credentials, { file: LARGEST, authorization: 'none' }), false),
  );
  if (good.answer.status !== 200) return said(good.answer);
  if (bad.answer.status !== 401) return said(bad.answer);
  if (good.continues === 0) return 'no 100';
  if (bad.continues === 0) return YES;
  return good.continues > 1 ? 'its own 100 and the node’s' : 'its own 100';
}

async function refused(
  { port, service }: Bench,
  status: number,
  shape: UploadShape,
  { chunked = false } = {},
): Promise<string> {
  const { head, body } = httpBytes(
    await signedUpload(service.credentials, { ...shape, headers: { Connection: 'close' } }),
  );
  const received = await sendRaw(
    port,
    chunked ? chunks(head, body) : Buffer.concat([Buffer.from(head), body]),
  );
  const [, seen] = /^HTTP\/1\.1 (?!100)(\d{3})/m.exec(received) ?? [];
  if (seen === undefined) return 'no response';
  if (seen !== String(status)) return seen;
  // The node's identifiers are in upper case, see service.
  const [, id] = /^request-id: (\S+)-\d+\r$/im.exec(received) ?? [];
  return id === undefined || id !== id.toUpperCase() ? `its own ${seen}` : YES;
}

async function tooLarge(bench: Bench): Promise<string> {
  const shape = { body: Buffer.alloc(20 * MIB) };
  const [first, second] = [
    await refused(bench, 413, shape),
    await refused(bench, 413, shape, { chunked: true }),
  ];
  return first === second ? first : `${first}, chunked: ${second}`;
}

/** The names of contract 3.2, which wechatpay-java looks up by their letters, and all others that the node sends. */
async function letters({ port, service }: Bench): Promise<string> {
  const names = async (at: number, secure: boolean): Promise<string[]> => {
    const upload = withBody(await signedUpload(service.credentials), false);
    const upwards = await ask(at, upload, { secure });
    const image = await ask(
      at,
      { method: 'GET', path: `/images/${sha256(PNG)}.png`, headers: {} },
      { secure },
    );
    return [...upwards.names, ...image.names];
  };
  const direct = new Set(await names(service.port, false));
  const through = await names(port, true);
  // Nobody minds the letters of a name that the node writes small.
  const written = new Set([...direct].filter((name) => /[A-Z]/.test(name)).map((name) => name.toLowerCase()));
  const other = new Set(through.filter((name) => !direct.has(name) && written.has(name.toLowerCase())));
  const lost = SIGNED_HEADERS.filter(
    (name) => !through.some((each) => each.toLowerCase() === name.toLowerCase()),
  );
  const wrong = [...other].filter((name) => !/^(connection|keep-alive|date|transfer-encoding)$/i.test(name));
  if (lost.length > 0) return `without ${lost.join(', ')}`;
  if (wrong.length > 3 && wrong.every((name) => name === name.toLowerCase())) return 'lower case';
  return wrong.length === 0 ? YES : wrong.join(', ');
}

/** Each request for an image, and which headers of a response may differ. */
async function images({ port, service }: Bench): Promise<string> {
  const tag = `"${sha256(LARGEST)}"`;
  const cases: Record<string, Record<string, string>> = {
    whole: {},
    'once more': {},
    'a range': { Range: 'bytes=10-19' },
    'the end': { Range: 'bytes=-10' },
    'beyond the end': { Range: 'bytes=99999999-' },
    'two ranges': { Range: 'bytes=0-9,20-29' },
    'a tag': { 'If-None-Match': tag },
    'two tags': { 'If-None-Match': `"other", ${tag}` },
    'any tag': { 'If-None-Match': '*' },
    'If-Range': { Range: 'bytes=10-19', 'If-Range': tag },
    'If-Range of another': { Range: 'bytes=10-19', 'If-Range': '"other"' },
    'a date': { 'If-Modified-Since': 'Fri, 27 Nov 2036 10:00:00 GMT' },
  };
  await send(service.credentials, await signedUpload(service.credentials, { file: LARGEST }));
  const different: string[] = [];
  for (const method of ['GET', 'HEAD']) {
    for (const [name, headers] of Object.entries(cases)) {
      const request = { method, path: `/images/${sha256(LARGEST)}.png`, headers };
      const direct = describeImage(await ask(service.port, request, { secure: false }));
      const through = await ask(port, request).then(describeImage, closed);
      const differs = Object.keys({ ...direct, ...through }).filter((key) => direct[key] !== through[key]);
      if (differs.length === 0) continue;
      const { status } = through;
      const what = status === direct.status ? differs.join(' ') : String(status);
      different.push(`${method === 'GET' ? '' : 'HEAD, '}${name}: ${what}`);
    }
  }
  return different.length === 0 ? YES : different.join('; ');
}

/** Requests one after another by one client. A proxy that knows two nodes, or has several threads, takes a few connections for them. */
async function reused({ countingPort, counting }: Bench): Promise<string> {
  counting.reset();
  const sockets = await askInTurn(countingPort, Array.from({ length: 10 }, post));
  const [outside, within] = [sockets === 1, counting.connections <= 5];
  if (outside && within) return YES;
  return outside ? 'the client’s alone' : within ? 'the node’s alone' : 'none';
}

/** A node takes a request whole, and closes: the nonce may be used up (contract 2.9). Once on a new connection, once on a kept one. */
async function sentOnce({ countingPort, counting }: Bench): Promise<string> {
  const attempts: number[] = [];
  for (const kept of [false, true]) {
    counting.reset();
    if (kept) await ask(countingPort, post());
    counting.reset();
    counting.closes = true;
    await ask(countingPort, post()).catch(() => undefined);
    attempts.push(counting.requests);
    counting.closes = false;
  }
  return attempts.every((count) => count === 1) ? YES : `${attempts.join(' and ')} times`;
}

async function inside({ port }: Bench): Promise<string> {
  const paths = [
    '/readyz',
    '/%72eadyz',
    '/v3/certificates/../../readyz',
    '/healthz',
    '/metrics',
    '/docs',
    '/openapi.json',
  ];
  const open: string[] = [];
  for (const path of paths) {
    const { status } = await ask(port, { method: 'GET', path, headers: {} });
    if (status !== 404) open.push(`${path}: ${status}`);
  }
  if (open.length > 3) return 'no list of paths';
  return open.length === 0 ? YES : open.join(', ');
}

/** What it says itself where no node is there. */
async function ownRefusal({ countingPort, counting }: Bench): Promise<string> {
  await counting.stop();
  const answer = await ask(countingPort, post());
  if (![502, 503, 504].includes(answer.status)) return said(answer);
  const code = /"code":"SYSTEM_ERROR"/.test(answer.body.toString());
  const id = /^.+-\d+$/.test(lowerCase(answer)['request-id'] ?? '');
  if (code && id) return YES;
  return `${code ? 'a code' : 'HTML'} ${id ? 'with' : 'without'} Request-ID`;
}

function post(): Asked {
  return { method: 'POST', path: UPLOAD, headers: { 'Content-Length': '4' }, body: Buffer.from('body') };
}

type Asked = Parameters<typeof ask>[1];

function withBody({ url, headers, body }: SignedUpload, chunked: boolean): Asked {
  const { pathname, search } = new URL(url);
  const framing: Record<string, string> = chunked
    ? { 'Transfer-Encoding': 'chunked' }
    : { 'Content-Length': String(body.length) };
  return { method: 'POST', path: pathname + search, headers: { ...headers, ...framing }, body };
}

/** The whole as pieces of 64 KiB. */
function chunks(head: string, body: Buffer): Buffer {
  const pieces: (Buffer | string)[] = [head.replace(/Content-Length: \d+/, 'Transfer-Encoding: chunked')];
  for (let at = 0; at < body.length; at += 65_536) {
    const piece = body.subarray(at, at + 65_536);
    pieces.push(`${piece.length.toString(16)}\r\n`, piece, '\r\n');
  }
  return Buffer.concat([...pieces, '0\r\n\r\n'].map((piece) => Buffer.from(piece as string)));
}

function said({ status, body }: Answer): string {
  const [, code] = /"code":"(\w+)"/.exec(body.toString()) ?? [];
  return code ? `${status} ${code}` : String(status);
}

function lowerCase({ names, values }: Answer): Record<string, string> {
  return Object.fromEntries(names.map((name, at) => [name.toLowerCase(), values[at] ?? '']));
}

/** @returns what is described where no response came */
function closed({ code, message }: NodeJS.ErrnoException): Record<string, string> {
  return { status: code ?? message };
}

/** Status, bytes, and all headers but those of a connection, of a moment, and of a cache. Length and type of nothing may be left out. */
function describeImage(answer: Answer): Record<string, string> {
  const { status, body } = answer;
  const kept = Object.entries(lowerCase(answer)).filter(
    ([name, value]) =>
      !(name === 'content-length' && value === '0') &&
      !(name === 'content-type' && status === 304) &&
      !/^(connection|keep-alive|date|transfer-encoding|request-id|age|server|via|x-cache.*|x-varnish)$/.test(
        name,
      ),
  );
  return { status: String(status), bytes: `${body.length} ${sha256(body)}`, ...Object.fromEntries(kept) };
}
