import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import {
  createKeyRing,
  createSigner,
  createVerifier,
  loadCertificate,
  loadPrivateKey,
  loadPublicKey,
  type ResponseFault,
  type SchemeName,
  signRequest,
  uploadEndpoint,
  verifyResponse,
  writeMeta,
} from '@coupon-media/apiv3';
import type { Credentials } from '@coupon-media/sandbox';
import { request } from 'undici';

/** The headers that contract 3.2 requires on every signed response. */
export const SIGNED_HEADERS = [
  'Wechatpay-Timestamp',
  'Wechatpay-Nonce',
  'Wechatpay-Signature',
  'Wechatpay-Serial',
  'Wechatpay-Signature-Type',
  'Request-ID',
  'Content-Type',
  'Content-Language',
  'X-Content-Type-Options',
  'Cache-Control',
];

/** An upload, and what of it is to be other than right. What is undefined is left out. */
export interface UploadShape {
  path?: string;
  /** What is signed as the method. Default: POST. */
  method?: string;
  file?: Buffer | undefined;
  /** What meta says. */
  filename?: unknown;
  sha256?: unknown;
  /** The meta part's text, in place of one made of filename and sha256. */
  meta?: string | undefined;
  /** What is signed in place of meta. */
  signed?: string;
  /** Seconds from now. */
  skew?: number;
  nonce?: string;
  /** Default: merchant. */
  scheme?: SchemeName;
  /** mchid or brand_id. */
  mchid?: string;
  serialNo?: string;
  privateKeyPem?: string;
  /** In place of the header that is made. */
  authorization?: string | undefined;
  /** More headers, or other ones; undefined leaves one out. */
  headers?: Record<string, string | undefined>;
  /** A part to send twice. */
  repeated?: PartName;
  /** In place of the form that is made. */
  body?: Buffer;
}

type PartName = 'meta' | 'file';

/** An upload ready to be sent by whatever client. */
export interface SignedUpload {
  url: string;
  headers: Record<string, string>;
  body: Buffer;
}

/** What came back. */
export interface Exchange {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** The answer's signature: undefined is genuine. */
  fault: ResponseFault | undefined;
}

const BOUNDARY = 'boundary0123456789';

/** Builds and signs an upload by the contract alone, with the mistakes that are asked for. */
export async function signedUpload(credentials: Credentials, shape: UploadShape = {}): Promise<SignedUpload> {
  const path = shape.path ?? uploadEndpoint('product-coupon').path;
  const file = 'file' in shape ? shape.file : PNG;
  const meta = 'meta' in shape ? shape.meta : metaText(shape, file);
  const privateKey = loadPrivateKey(shape.privateKeyPem ?? readFileSync(credentials.privateKeyPath, 'utf8'));
  const authorization = await signRequest({
    scheme: shape.scheme ?? 'merchant',
    id: shape.mchid ?? credentials.mchid,
    signer: createSigner(shape.serialNo ?? credentials.certificateSerialNo, privateKey),
    method: shape.method ?? 'POST',
    url: path,
    timestamp: Math.floor(Date.now() / 1000) + (shape.skew ?? 0),
    nonce: shape.nonce ?? randomBytes(16).toString('hex'),
    body: shape.signed ?? meta ?? '',
  });
  const headers = {
    Authorization: 'authorization' in shape ? shape.authorization : authorization,
    Accept: 'application/json',
    'User-Agent': 'coupon-media-test',
    'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`,
    'Wechatpay-Serial': credentials.wechatPayPublicKeyId,
    ...shape.headers,
  };
  const given = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    url: credentials.baseUrl + path,
    headers: Object.fromEntries(given),
    body: shape.body ?? form(partsOf(meta, file, shape.repeated)),
  };
}

/** Sends an upload and judges the answer's signature. */
export async function send(
  credentials: Credentials,
  { url, headers, body }: SignedUpload,
): Promise<Exchange> {
  const answer = await request(url, { method: 'POST', headers, body });
  const text = await answer.body.text();
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text,
    fault: await judge(credentials, answer.headers, text),
  };
}

/** @returns undefined where the answer is genuinely signed by the sandbox's public key, or its certificate's */
export function judge(
  credentials: Credentials,
  headers: Exchange['headers'],
  body: string,
): Promise<ResponseFault | undefined> {
  const publicKey = loadPublicKey(readFileSync(credentials.wechatPayPublicKeyPath, 'utf8'));
  const certificate = loadCertificate(readFileSync(credentials.platformCertificatePath, 'utf8'));
  const header = (name: string) => [headers[name]].flat()[0];
  const keys = createKeyRing([
    createVerifier(credentials.wechatPayPublicKeyId, publicKey),
    createVerifier(certificate.serialNo, certificate.publicKey),
  ]);
  return verifyResponse({ header, body }, keys, Math.floor(Date.now() / 1000));
}

/** A form of these parts, in this order. */
export function form(parts: [PartName, string | Buffer][]): Buffer {
  const pieces = parts.flatMap(([name, content]) => [
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`,
    content,
    '\r\n',
  ]);
  return Buffer.concat([...pieces, `--${BOUNDARY}--\r\n`].map((piece) => Buffer.from(piece as string)));
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A PNG header of one pixel, and enough after it to be told from others. */
export const PNG: Buffer = png(1, 1);

/** The head of a PNG of this size, then `more` bytes. */
export function png(width: number, height: number, more = Buffer.alloc(0), depth = 8): Buffer {
  const head = Buffer.from('89504e470d0a1a0a0000000d494844520000000000000000080600000000000000', 'hex');
  head.writeUInt32BE(width, 16);
  head.writeUInt32BE(height, 20);
  head[24] = depth;
  head.writeUInt32BE(crc32(head.subarray(12, 29)), 29);
  return Buffer.concat([head, more]);
}

/** A PNG that has all of its chunks, with a text that differs for each number. */
export function wholePng(number: number): Buffer {
  return png(1 + number, 1, wholeWith(Buffer.from(`image ${number}`)));
}

/** What follows the head of a PNG that ends as it should: a chunk of text, and 24 bytes around it. The client warns of others. */
export function wholeWith(text: Buffer): Buffer<ArrayBuffer> {
  return Buffer.concat([chunk('tEXt', text), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, content: Buffer): Buffer<ArrayBuffer> {
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  const rest = Buffer.concat([Buffer.from(type), content]);
  length.writeUInt32BE(content.length);
  checksum.writeUInt32BE(crc32(rest));
  return Buffer.concat([length, rest, checksum]);
}

function partsOf(
  meta: string | undefined,
  file: Buffer | undefined,
  repeated?: PartName,
): [PartName, string | Buffer][] {
  const parts: [PartName, string | Buffer][] = [];
  if (meta !== undefined) parts.push(['meta', meta]);
  if (file !== undefined) parts.push(['file', file]);
  return [...parts, ...parts.filter(([name]) => name === repeated)];
}

function metaText(shape: UploadShape, file: Buffer = Buffer.alloc(0)): string {
  const filename = 'filename' in shape ? shape.filename : 'picture.png';
  const digest = 'sha256' in shape ? shape.sha256 : sha256(file);
  return writeMeta({ filename, sha256: digest } as { filename: string; sha256: string });
}
