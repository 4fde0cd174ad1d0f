import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { createSigner, loadPrivateKey, signRequest, uploadEndpoint } from '@coupon-media/apiv3';
import type { Credentials } from '@coupon-media/sandbox';
import { sha256 } from '../../support/exchange.js';
import { missingHeaders, oddities } from '../oddities.js';
import { openTap } from '../tap.js';
import type { Images } from './workspaces.js';

/** What a program is run with, and what came of it. */
export interface Seen {
  /** Status, and `code` if it is no 200; `nothing sent` with the end of the program's output if no upload arrived. */
  result: string;
  /** The upload as it was sent. */
  request: Buffer;
}

/** What one client did. */
export interface Measured {
  /** What its user must set besides all else. */
  lacks: string[];
  odd: string[];
  plain: string;
  chinese: string;
}

export interface Place {
  credentials: Credentials;
  /** Where the clients send to: the service itself, or a proxy. */
  url: string;
  /** A folder for the images. */
  images: Images;
}

/** Milliseconds for one run of a client. */
const DEADLINE = 60_000;

const SIGNED = ['Accept: application/json', 'User-Agent: interop-wide'];

/** Runs a client bare, signed, and signed with a Chinese name. */
export async function measure(command: readonly string[], place: Place): Promise<Measured> {
  const bare = await runOnce(command, place, 'h.png', () => []);
  const plain = await runOnce(command, place, 'h.png', (meta) => signed(meta, place));
  const chinese = await runOnce(command, place, '头图.png', (meta) => signed(meta, place));
  return {
    lacks: missingHeaders(bare.request),
    odd: oddities(bare.request, chinese.request),
    plain: plain.result,
    chinese: chinese.result,
  };
}

/** Runs a client once, signed. */
export async function upload(command: readonly string[], place: Place): Promise<string> {
  return (await runOnce(command, place, 'h.png', (meta) => signed(meta, place))).result;
}

async function runOnce(
  [program = '', ...args]: readonly string[],
  { url, images }: Place,
  filename: string,
  headersOf: (meta: string) => string[] | Promise<string[]>,
): Promise<Seen> {
  mkdirSync(images.here, { recursive: true });
  const file = path.join(images.here, filename);
  copyFileSync(IMAGE, file);
  const meta = JSON.stringify({ filename, sha256: sha256(readFileSync(file)) });
  const answers: Buffer[] = [];
  const tap = await openTap(url, (answer) => {
    answers.push(answer);
    return answer;
  });
  const headers = await headersOf(meta);
  const value = (name: string) => headers.find((line) => line.startsWith(name))?.slice(name.length) ?? '';
  const given = {
    TARGET: tap.url + uploadEndpoint('product-coupon').path,
    FILE: path.join(images.there, filename),
    FNAME: filename,
    META: meta,
    HEADERS: headers.join('\n'),
    // The same for the programs that the captures were made with.
    URL: tap.url + uploadEndpoint('product-coupon').path,
    AUTH: value('Authorization: '),
    ACC: value('Accept: '),
    UA: value('User-Agent: '),
  };
  const environment = { ...DIRECT, LC_ALL: 'C.UTF-8', ...given };
  let told = '';
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, {
      env: environment,
      timeout: DEADLINE,
    });
    told = stdout + stderr;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    told = `${stdout}${stderr}${stderr === '' ? String(error) : ''}`;
  }
  const request = tap.lastUpload();
  await tap.close();
  const result = resultIn(Buffer.concat(answers).toString());
  return {
    request,
    result: result ?? `nothing sent: ${told.trim().split('\n').slice(-3).join(' / ').slice(0, 300)}`,
  };
}

const IMAGE = 'packages/sandbox/images/coupon.png';

/** The environment without proxies, which would hide what a client sends. */
const DIRECT = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/_proxy$/i.test(name)));

/** Reads the last final response. */
function resultIn(answers: string): string | undefined {
  const statuses = [...answers.matchAll(/^HTTP\/1\.1 ([2-5]\d\d) /gm)].map(([, status]) => status);
  const status = statuses.at(-1);
  if (status === undefined || status === '200') return status;
  const code = [...answers.matchAll(/"code": ?"([A-Z_]+)"/g)].at(-1)?.[1] ?? '';
  return `${status} ${code}`.trim();
}

async function signed(meta: string, { credentials }: Place): Promise<string[]> {
  const value = await signRequest({
    scheme: 'merchant',
    id: credentials.mchid,
    signer: createSigner(
      credentials.certificateSerialNo,
      loadPrivateKey(readFileSync(credentials.privateKeyPath, 'utf8')),
    ),
    method: 'POST',
    url: uploadEndpoint('product-coupon').path,
    timestamp: Math.floor(Date.now() / 1000),
    nonce: randomBytes(16).toString('hex'),
    body: meta,
  });
  return [`Authorization: ${value}`, ...SIGNED];
}
