import { setTimeout as sleep } from 'node:timers/promises';
import { CERTIFICATES_PATH, uploadEndpoint } from '@coupon-media/apiv3';
import type { Credentials } from '@coupon-media/sandbox';
import { form, png, sha256, signedUpload } from '../support/exchange.js';
import { type Line, open } from './line.js';

/** What an attacker has: an address, what anybody knows of a merchant, and pictures that are stored. */
export interface Target {
  readonly port: number;
  /** Of the merchant. Its key signs only what an attacker could have captured or asked for. */
  readonly credentials: Credentials;
  /** Paths of stored images, one above 64 KiB and one below. */
  readonly images: { readonly large: string; readonly small: string };
}

/** What an attack is going on with. */
export interface Attempt extends Target {
  /** Aborted when it is to end. */
  readonly signal: AbortSignal;
  /** Reports a response that is not the right one for its place. */
  wrong(what: string): void;
}

/** An attack on a running service. */
export interface Attack {
  /** Goes on until it is told to end. */
  go(attempt: Attempt): Promise<void>;
  /** A line that it leaves in the service's log, where nothing stands before that. */
  readonly logged: RegExp;
}

/** Connections past which somebody makes room, or the proxy's own limit. */
const NO_ROOM = 'no connection is free';

/** Each by its number in the list of attackers, and what it is. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  'A1 images, two at a time, and away': {
    go: leftImages,
    logged: /closed before the turn of its waiting requests/,
  },
  'A1 640 images on a connection': { go: crowdedImages, logged: /too many requests waited/ },
  'A1 uploads without a body': { go: bareUploads, logged: /closed before the turn|too many requests waited/ },
  'A1 uploads behind unread images': {
    go: uploadsBehindImages,
    logged: /closed before the turn of its waiting requests/,
  },
  'A2 claims': { go: (attempt) => claims(attempt, 300), logged: /too slow: cut off|sender went away/ },
  'A3 refused and dripping': { go: drips, logged: /a request without a route was refused/ },
  'A5 bodies in pieces': { go: pieces, logged: /"refusal":"(?:signatureWrong|bodyTooLarge)"/ },
  'A10 excess bytes': { go: excess, logged: /input that is not a request was refused/ },
  'A13, A17 other spellings': { go: spellings, logged: /a request without a route was refused/ },
  'A14 certificates': { go: certificates, logged: /"refusal":"rateExceeded"/ },
  'silent connections': {
    go: silent,
    logged: new RegExp(`${NO_ROOM}|input that is not a request was refused`),
  },
  'slow readers': {
    go: slowReaders,
    logged: /too slow: cut off|closed before the turn of its waiting requests/,
  },
};

/** Attacks that take the same thing together: connections, room for uploads, the processor, what is written. */
export const COMBINATIONS: readonly string[] = [
  'A3 refused and dripping + silent connections',
  'A2 claims + A5 bodies in pieces',
  'A1 640 images on a connection + slow readers',
  'A1 uploads behind unread images + A10 excess bytes',
];

/** The name of all attacks at once. */
export const TOGETHER = 'all at once';

/** A2 at another rate, by the name of `claimsAt`. */
const CLAIMS = /^A2 (\d+) claims a second$/;

/** @returns the name of attack A2 with so many connections a second */
export function claimsAt(rate: number): string {
  return `A2 ${rate} claims a second`;
}

/** @returns the attacks that go by a name: one, all of a combination, or all */
export function attacksOf(name: string): Attack[] {
  if (name === TOGETHER) return Object.values(ATTACKS);
  const [, rate] = CLAIMS.exec(name) ?? [];
  if (rate !== undefined)
    return [{ go: (attempt) => claims(attempt, Number(rate)), logged: /too slow|went away|no connection/ }];
  return name.split(' + ').map((one) => {
    const attack = ATTACKS[one];
    if (!attack) throw new Error(`there is no attack ${one}`);
    return attack;
  });
}

const UPLOAD_PATH = uploadEndpoint('product-coupon').path;
const LARGE = png(1, 1, Buffer.alloc(2_000_000));

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;

/** 20 times two reads in one write, and closes at once. */
async function leftImages({ port, images, signal }: Attempt): Promise<void> {
  await over(signal, 20, async () => (await open(port)).leaveAfter(get(images.large).repeat(2)));
}

/** 40 connections that ask 640 times for an image which is kept beside its record, and read nothing of it. */
async function crowdedImages({ port, images, signal }: Attempt): Promise<void> {
  await crowd(signal, 40, 40, 100, async () => {
    const line = await open(port);
    line.stopReading();
    return line.write(get(images.small).repeat(640));
  });
}

/** 640 uploads that have no body in one write, and closes at once. */
async function bareUploads({ port, signal }: Attempt): Promise<void> {
  const bare = `POST ${UPLOAD_PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`;
  await over(signal, 4, async () => (await open(port)).leaveAfter(bare.repeat(640)));
}

/** An upload behind three reads of which nothing is taken, and closes. */
async function uploadsBehindImages({ port, credentials, images, signal }: Attempt): Promise<void> {
  const { head, body } = await uploadBytes(credentials, png(1, 1, Buffer.alloc(1000)), { signed: 'else' });
  const bytes = Buffer.concat([Buffer.from(get(images.large).repeat(3)), head, body]);
  await over(signal, 8, async () => (await open(port)).leaveAfter(bytes));
}

/** Connections with the headers of an upload, a known merchant and certificate, and a rubbish signature; no body. */
async function claims({ port, credentials, signal }: Attempt, rate: number): Promise<void> {
  const { head } = await uploadBytes(credentials, LARGE, { signed: 'else' });
  await crowd(signal, Number.POSITIVE_INFINITY, rate / 10, 100, async () => (await open(port)).write(head));
}

/** 1,000 connections whose request is refused already, and whose body comes at 1.1 KB a second. */
async function drips({ port, signal }: Attempt): Promise<void> {
  const head = 'POST /v3/unknown HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n';
  await crowd(signal, 1000, 200, 100, async () => {
    const line = await open(port);
    line.write(head);
    line.every(1000, 'x'.repeat(1100));
    return line;
  });
}

/** Forms of what only begins like a boundary, and bodies of chunks of one byte. */
async function pieces({ port, credentials, signal }: Attempt): Promise<void> {
  const near = form([['file', Buffer.alloc(2_000_000, '\r\n--boundary0123456789x')]]);
  const forms = await uploadBytes(credentials, LARGE, { signed: 'else', body: near });
  const chunks = Buffer.from(
    `${forms.head.toString().replace(/Content-Length: \d+/, 'Transfer-Encoding: chunked')}${'1\r\nx\r\n'.repeat(300_000)}0\r\n\r\n`,
  );
  while (!signal.aborted) {
    for (const bytes of [Buffer.concat([forms.head, forms.body]), chunks]) {
      const line = await open(port);
      line.write(bytes);
      await line.answered(signal);
      line.end();
    }
  }
}

/** Uploads with excess bytes, nonsense behind images, senders that half-close: each response has to stand in its place. */
async function excess({ port, credentials, images, signal, wrong }: Attempt): Promise<void> {
  for (let round = 0; !signal.aborted; round += 1) {
    const { head, body } = await uploadBytes(credentials, png(1, 1, Buffer.from(`${round}`)));
    const tries: [what: string, bytes: Buffer, halfCloses: boolean, first: string][] = [
      [
        'an upload with excess bytes',
        Buffer.concat([head, body, Buffer.from('garbage\r\n\r\n')]),
        false,
        '200',
      ],
      ['an image with nonsense behind', Buffer.from(`${get(images.large)}garbage\r\n\r\n`), false, '200'],
      ['an upload that half-closes', await another(credentials, round), true, '200'],
    ];
    for (const [what, bytes, halfCloses, first] of tries) {
      const line = await open(port);
      line.write(bytes);
      if (halfCloses) line.halfClose();
      const received = await line.ended(signal);
      line.end();
      // A connection that was closed for want of places says nothing.
      if (received === undefined || received === '') continue;
      // A proxy's own answer to whoever asks too often.
      if (received.startsWith('HTTP/1.1 429 ')) continue;
      if (!received.startsWith(`HTTP/1.1 ${first} `)) wrong(`${what}: ${received.slice(0, 60)}`);
      const length = Number(/^content-length: (\d+)\r$/im.exec(received)?.[1]);
      const rest = received.slice(received.indexOf('\r\n\r\n') + 4 + length);
      if (rest !== '' && !rest.startsWith('HTTP/1.1 400 ')) wrong(`${what}: then ${rest.slice(0, 60)}`);
    }
  }
}

async function another(credentials: Credentials, round: number): Promise<Buffer> {
  const { head, body } = await uploadBytes(credentials, png(1, 1, Buffer.from(`half ${round}`)));
  return Buffer.concat([head, body]);
}

/** The service's own paths in other spellings, and requests for two hosts. */
async function spellings({ port, images, signal, wrong }: Attempt): Promise<void> {
  const requests: [request: string, status: string][] = [
    [get('/%72eadyz'), '404'],
    [get(images.small.replace('/images', '/%69mages')), '404'],
    [get(`/images/${'a'.repeat(100)}`), '404'],
    [get('/healthz').replace('Host: x', 'Host: x\r\nHost: y'), '400'],
  ];
  while (!signal.aborted) {
    for (const [request, status] of requests) {
      const line = await open(port);
      line.write(request);
      const received = await line.answered(signal);
      line.end();
      if (received && !/^HTTP\/1\.1 429 /.test(received) && !received.startsWith(`HTTP/1.1 ${status} `)) {
        wrong(`${JSON.stringify(request.slice(0, 40))}: ${received.slice(0, 40)}`);
      }
    }
  }
}

/** A merchant that asks for certificates without end. */
async function certificates({ port, credentials, signal }: Attempt): Promise<void> {
  const path = CERTIFICATES_PATH;
  async function ask(): Promise<void> {
    while (!signal.aborted) {
      const { headers } = await signedUpload(credentials, { path, signed: '', method: 'GET' });
      const line = await open(port);
      line.write(requestBytes('GET', path, headers));
      await line.answered(signal);
      line.end();
    }
  }
  await Promise.all(Array.from({ length: 8 }, ask));
}

/** 1,500 connections that say nothing, or only half a head. */
async function silent({ port, signal }: Attempt): Promise<void> {
  let count = 0;
  await crowd(signal, 1500, 200, 100, async () => {
    const line = await open(port);
    count += 1;
    if (count % 2 === 0) line.write('POST / HTTP/1.1\r\nHost: x\r\n');
    return line;
  });
}

/** 300 connections that ask for a large image over and over, and take nothing of it. */
async function slowReaders({ port, images, signal }: Attempt): Promise<void> {
  await crowd(signal, 300, 60, 100, async () => {
    const line = await open(port);
    line.stopReading();
    line.write(get(images.large).repeat(20));
    return line;
  });
}

/** Does something so many times at once, again and again. */
async function over(signal: AbortSignal, times: number, act: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await Promise.all(Array.from({ length: times }, act));
    await sleep(20);
  }
}

/** Keeps a number of lines open: so many more each time, and another for each that is closed. */
async function crowd(
  signal: AbortSignal,
  most: number,
  more: number,
  pause: number,
  join: () => Promise<Line>,
): Promise<void> {
  const lines = new Set<Line>();
  while (!signal.aborted) {
    const next = performance.now() + pause;
    for (const line of lines) {
      if (!line.isClosed()) continue;
      line.end();
      lines.delete(line);
    }
    const joining = Math.min(more, most - lines.size);
    for (const line of await Promise.all(Array.from({ length: joining }, join))) lines.add(line);
    await sleep(Math.max(0, next - performance.now()));
  }
  for (const line of lines) line.end();
}

async function uploadBytes(
  credentials: Credentials,
  file: Buffer,
  shape: Parameters<typeof signedUpload>[1] = {},
): Promise<{ head: Buffer; body: Buffer }> {
  const { headers, body } = await signedUpload(credentials, { file, ...shape });
  return {
    head: Buffer.from(requestBytes('POST', UPLOAD_PATH, { ...headers, 'Content-Length': `${body.length}` })),
    body,
  };
}

function requestBytes(method: string, target: string, headers: Record<string, string>): string {
  const lines = Object.entries({ Host: 'x', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** @returns the path of an image that was stored */
export function imagePath(file: Buffer): string {
  return `/images/${sha256(file)}.png`;
}
