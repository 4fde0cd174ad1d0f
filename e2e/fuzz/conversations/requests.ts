import { createHash } from 'node:crypto';
import { CERTIFICATES_PATH, signRequest, uploadEndpoint, writeMeta } from '@coupon-media/apiv3';
import type { Credentials } from '@coupon-media/sandbox';
import { form, signedUpload, type UploadShape } from '../../support/exchange.js';
import type { SignedMeta, Uploader } from '../case.js';
import { png } from '../mutations/image.js';
import { chunks } from '../mutations/wire.js';
import type { Random } from '../random.js';
import {
  bytes,
  type Expectation,
  either,
  empty,
  probe,
  refused,
  type SignatureCheck,
  signedAnswer,
  stored,
} from './expectations.js';

/** A request of a conversation, as bytes, and what it has to be answered with. */
export interface Asked {
  kind: string;
  bytes: Buffer;
  isHead: boolean;
  /** Whether the connection ends with its answer. */
  ends: boolean;
  /** Whether it is answered by its head, whatever becomes of its body. */
  early: boolean;
  expects: Expectation;
  /** What it has stored where it is answered with 200. */
  picture?: Picture;
}

/** A picture that is stored, or is to be. */
export interface Picture {
  file: Buffer;
  meta: SignedMeta & { sha256: string };
}

/** What requests are made of. */
export interface Speaker {
  credentials: Credentials;
  uploader: Uploader;
  check: SignatureCheck;
  /** Pictures that were stored by earlier conversations, at least one. */
  known: readonly Picture[];
}

/** Makes a request. @param before those of the same conversation that come before it */
type Maker = (speaker: Speaker, random: Random, before: readonly Asked[]) => Promise<Asked>;

/** @returns some requests, as one connection may ask them one after the other */
export async function makeRequests(speaker: Speaker, random: Random): Promise<Asked[]> {
  const asked: Asked[] = [];
  for (let more = random.below(8); more >= 0; more -= 1) {
    const [, make] = random.pick(KINDS);
    asked.push(await make(speaker, random, asked));
  }
  return asked;
}

const UPLOAD = uploadEndpoint('product-coupon').path;

/** By what each is about. Uploads stand there more than once: they are what it is for. */
const KINDS: readonly (readonly [about: string, make: Maker])[] = [
  ['upload', (speaker, random) => upload(speaker, random, 'upload')],
  ['upload', (speaker, random) => upload(speaker, random, 'upload in chunks', { isChunked: true })],
  ['upload', (speaker, random) => upload(speaker, random, 'upload, file first', { isFileFirst: true })],
  [
    'upload',
    (speaker, random) =>
      upload(speaker, random, 'upload that would wait', { more: ['Expect: 100-continue'] }),
  ],
  [
    'upload',
    (speaker, random) => upload(speaker, random, 'upload, and no more', { more: ['Connection: close'] }),
  ],
  [
    'refusal',
    (speaker, random) =>
      upload(speaker, random, 'upload with another digest', {
        shape: { sha256: random.hex(64) },
        expects: refused(400, 'PARAM_ERROR', speaker.check),
      }),
  ],
  [
    'refusal',
    (speaker, random) =>
      upload(speaker, random, 'upload of a text', {
        file: Buffer.from(`text ${random.hex(random.below(3000))}`),
        expects: refused(400, 'PARAM_ERROR', speaker.check),
      }),
  ],
  [
    'refusal',
    (speaker, random) =>
      upload(speaker, random, 'upload signed by nobody', {
        shape: { signed: random.hex(9) },
        isChunked: random.once(2),
        expects: refused(401, 'SIGN_ERROR', speaker.check, false),
      }),
  ],
  [
    'refusal',
    (speaker, random) =>
      upload(speaker, random, 'upload of long ago', {
        shape: { skew: -4000 },
        early: true,
        expects: refused(401, 'SIGN_ERROR', speaker.check, false),
      }),
  ],
  ['refusal', again],
  ['image', (speaker, random) => image(random.pick(speaker.known), random)],
  ['image', (speaker, random, before) => image(random.pick([...storedBy(before), ...speaker.known]), random)],
  ['image', async (_, random) => plain('no image', 'GET', `/images/${random.hex(64)}.png`, empty(404))],
  ['probe', async () => plain('healthz', 'GET', '/healthz', probe('{"status":"ok"}'))],
  ['probe', async () => plain('readyz', 'GET', '/readyz', probe('{"status":"ready"}'))],
  [
    'probe',
    async (_, random) =>
      plain('healthz with a body', 'GET', '/healthz', probe('{"status":"ok"}'), {
        body: Buffer.from(`GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n${random.hex(random.below(2000))}`),
        isChunked: random.once(2),
        random,
      }),
  ],
  ['nowhere', async () => plain('nowhere', 'GET', 'http://elsewhere.example/nowhere?a=b', empty(404))],
  [
    'nowhere',
    async (_, random) =>
      plain('nowhere with a body', 'POST', '/nowhere', empty(404), {
        body: random.bytes(random.below(5000)),
        isChunked: random.once(2),
        random,
      }),
  ],
  ['nowhere', async () => plain('wrong method', 'PUT', UPLOAD, empty(405))],
  [
    'nowhere',
    async () =>
      plain('HTTP/1.0', 'GET', '/healthz', probe('{"status":"ok"}'), { version: '1.0', ends: true }),
  ],
  ['certificates', certificates],
];

interface UploadKind {
  file?: Buffer;
  shape?: UploadShape;
  isChunked?: boolean;
  isFileFirst?: boolean;
  early?: boolean;
  /** Lines of the head. */
  more?: readonly string[];
  expects?: Expectation;
}

async function upload(speaker: Speaker, random: Random, kind: string, how: UploadKind = {}): Promise<Asked> {
  const { shape, isChunked, isFileFirst, early = false, more = [], expects } = how;
  const file =
    how.file ?? Buffer.concat([png(3, 5, random), Buffer.alloc(random.pick([0, 900, 70_000, 200_000]), 7)]);
  const filename = `talk-${random.hex(12)}.png`;
  const sha256 = createHash('sha256').update(file).digest('hex');
  const meta = writeMeta({
    filename,
    sha256,
    ...(shape?.sha256 !== undefined && { sha256: `${shape.sha256}` }),
  });
  const parts: ['meta' | 'file', string | Buffer][] = [
    ['meta', meta],
    ['file', file],
  ];
  const body = form(isFileFirst ? parts.reverse() : parts);
  const { headers } = await signedUpload(speaker.credentials, { ...shape, meta, body });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return {
    kind,
    bytes: message(`POST ${UPLOAD} HTTP/1.1`, ['Host: x', ...lines, ...more], { body, isChunked, random }),
    isHead: false,
    ends: more.includes('Connection: close'),
    early,
    expects: expects ?? stored(sha256, speaker.check),
    ...(!expects && { picture: { file, meta: { filename, sha256 } } }),
  };
}

/** The bytes of an upload before it: a replay, unless the service could not be sure that the first was answered. */
async function again(speaker: Speaker, random: Random, before: readonly Asked[]): Promise<Asked> {
  const first = before.find(({ picture, ends }) => picture && !ends);
  if (!first) return upload(speaker, random, 'upload');
  const replayed = refused(401, 'SIGN_ERROR', speaker.check);
  return { ...first, kind: 'upload again', expects: either(replayed, first.expects) };
}

function storedBy(before: readonly Asked[]): Picture[] {
  return before.flatMap(({ picture }) => picture ?? []);
}

async function image({ file, meta: { sha256 } }: Picture, random: Random): Promise<Asked> {
  const target = `/images/${sha256}.png`;
  const from = random.below(file.length);
  return random.pick([
    () => plain('image', 'GET', target, bytes(200, file)),
    () =>
      plain(
        'head of an image',
        'HEAD',
        target,
        bytes(200, Buffer.alloc(0), ['content-length', `${file.length}`]),
      ),
    () =>
      plain('part of an image', 'GET', target, bytes(206, file.subarray(from)), {
        lines: [`Range: bytes=${from}-`],
      }),
    () => plain('image that is known', 'GET', target, empty(304), { lines: [`If-None-Match: "${sha256}"`] }),
  ])();
}

async function certificates({ uploader, check }: Speaker, random: Random): Promise<Asked> {
  const authorization = await signRequest({
    scheme: 'merchant',
    id: uploader.mchid,
    signer: uploader.signer,
    method: 'GET',
    url: CERTIFICATES_PATH,
    timestamp: Math.floor(Date.now() / 1000),
    nonce: random.hex(32),
    body: '',
  });
  const lines = [`Authorization: ${authorization}`, 'Accept: application/json', 'User-Agent: fuzz'];
  return plain('certificates', 'GET', CERTIFICATES_PATH, signedAnswer(check), { lines });
}

interface PlainKind extends Partial<Framing> {
  lines?: readonly string[];
  version?: string;
  ends?: boolean;
}

function plain(
  kind: string,
  method: string,
  target: string,
  expects: Expectation,
  { lines = [], version = '1.1', ends = false, ...framing }: PlainKind = {},
): Asked {
  const first = `${method} ${target} HTTP/${version}`;
  return {
    kind,
    bytes: message(first, ['Host: x', ...lines], framing),
    isHead: method === 'HEAD',
    ends,
    early: true,
    expects,
  };
}

interface Framing {
  body: Buffer;
  isChunked: boolean | undefined;
  random: Random;
}

function message(
  first: string,
  lines: readonly string[],
  { body, isChunked, random }: Partial<Framing>,
): Buffer {
  const chunked = isChunked === true && body !== undefined && random !== undefined;
  const framing = chunked ? ['Transfer-Encoding: chunked'] : body ? [`Content-Length: ${body.length}`] : [];
  const head = Buffer.from([first, ...lines, ...framing, '', ''].join('\r\n'), 'latin1');
  if (!body) return head;
  return Buffer.concat([head, chunked ? chunks(body, random) : body]);
}
