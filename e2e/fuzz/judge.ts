import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  createKeyRing,
  createVerifier,
  loadCertificate,
  loadPublicKey,
  verifyResponse,
} from '@coupon-media/apiv3';
import type { Credentials } from '@coupon-media/sandbox';
import { openEmbeddedImages } from '@coupon-media/server';
import type { Answer } from './answers.js';
import type { SignedMeta } from './case.js';

/** What an answer may be; anything else is a failure, a 5xx first of all. */
const STATUSES = new Set([200, 400, 401, 403, 404, 405, 408, 413, 429, 431]);
const CODES = new Set(['PARAM_ERROR', 'INVALID_REQUEST', 'SIGN_ERROR', 'NO_AUTH', 'RATELIMIT_EXCEEDED']);

/** @returns what is wrong with an answer, whatever the request was; undefined where nothing is */
export function createAnswerJudge(credentials: Credentials): (answer: Answer) => Promise<string | undefined> {
  const faultOf = createSignatureCheck(credentials);
  return async (answer) => {
    const { status, headers } = answer;
    const body = answer.body.toString();
    if (!STATUSES.has(status)) return `status ${status}`;
    if (!isRequestId(headers.get('request-id'))) return `${status} without Request-ID`;
    if (body === '') return undefined;
    const parsed = jsonOf(body);
    if (status === 200 && 'status' in parsed) return undefined; // health
    if (status !== 200 && !CODES.has(String(parsed.code)))
      return `${status} with a body of another's making: ${body.slice(0, 80)}`;
    // Who was refused before anything was proven gets no signature (contract 3.5); one that is there has to hold.
    if (status !== 200 && !headers.has('wechatpay-signature')) return undefined;
    const fault = await faultOf(answer);
    return fault && `${status} whose signature is ${fault}`;
  };
}

/** @returns why the signature of an answer does not hold; undefined where it does */
export function createSignatureCheck(
  credentials: Credentials,
): (answer: Answer) => Promise<string | undefined> {
  const publicKey = loadPublicKey(readFileSync(credentials.wechatPayPublicKeyPath, 'utf8'));
  const certificate = loadCertificate(readFileSync(credentials.platformCertificatePath, 'utf8'));
  const keys = createKeyRing([
    createVerifier(credentials.wechatPayPublicKeyId, publicKey),
    createVerifier(certificate.serialNo, certificate.publicKey),
  ]);
  return ({ headers, body }) =>
    verifyResponse({ header: (name) => headers.get(name), body }, keys, Math.floor(Date.now() / 1000));
}

export function isRequestId(header: string | undefined): boolean {
  return /^[0-9A-F]{32}-\d+$/.test(header ?? '');
}

/** What is allowed to be in the store. */
export interface Allowed {
  /** Request ids of what was there before. */
  before: ReadonlySet<string>;
  /** Every meta that the fuzzer really signed. */
  signed: ReadonlySet<string>;
  /** By request id, where the answer was seen: the one meta which that request's signature covers. */
  byRequest: ReadonlyMap<string, string | undefined>;
}

/** A signed meta as one text, to be compared with what is stored. */
export function fingerprint({ filename, sha256 }: SignedMeta): string {
  return JSON.stringify([filename, typeof sha256 === 'string' ? sha256.toLowerCase() : sha256]);
}

/** Reads all that is stored. @returns what was not signed, or is not what its record says; and how many records there are */
export async function judgeStore(
  folder: string,
  allowed: Allowed,
): Promise<{ records: number; wrong: string[] }> {
  const images = await openEmbeddedImages({ folder });
  const wrong: string[] = [];
  const seen = new Set<string>();
  let records = 0;
  try {
    let cursor: string | undefined;
    do {
      const page = await images.uploads({ limit: 1000, ...(cursor !== undefined && { cursor }) });
      for (const { requestId, filename, sha256, bytes } of page.uploads) {
        records += 1;
        if (allowed.before.has(requestId)) continue;
        const print = fingerprint({ filename, sha256 });
        if (!allowed.signed.has(print)) wrong.push(`stored and signed by nobody: ${print}`);
        if (allowed.byRequest.has(requestId) && allowed.byRequest.get(requestId) !== print)
          wrong.push(`stored under another's signature: ${print}, request ${requestId}`);
        if (seen.has(sha256)) continue;
        seen.add(sha256);
        const content = await contentOf(images, sha256);
        if (content.length !== bytes || createHash('sha256').update(content).digest('hex') !== sha256)
          wrong.push(`stored with other bytes than its record says: ${print}`);
      }
      cursor = page.next;
    } while (cursor !== undefined);
    return { records, wrong };
  } finally {
    await images.close();
  }
}

/** @returns the request ids of all that is stored now */
export async function storedRequests(folder: string): Promise<Set<string>> {
  const images = await openEmbeddedImages({ folder });
  const { uploads } = await images.uploads({ limit: 1000 });
  await images.close();
  return new Set(uploads.map(({ requestId }) => requestId));
}

async function contentOf(
  images: Awaited<ReturnType<typeof openEmbeddedImages>>,
  sha256: string,
): Promise<Buffer> {
  const content = (await images.read(sha256))?.content() ?? Buffer.alloc(0);
  return Buffer.isBuffer(content) ? content : Buffer.concat(await content.toArray());
}

function jsonOf(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
