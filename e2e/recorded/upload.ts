import { createHash, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { RecordedRequest } from './exchange.js';
import { MOMENT } from './moment.mjs';
import { BRAND, MERCHANT, PLATFORM_PUBLIC_KEY, SERIAL } from './world.mjs';

/** A correct upload except for the given deviations. An undefined value omits something. */
export interface UploadShape {
  target?: string;
  mchid?: string;
  serialNo?: string;
  scheme?: 'merchant' | 'brand';
  /** Seconds relative to the service's clock. */
  skew?: number;
  nonce?: string;
  /** Replaces the generated header. */
  authorization?: string | undefined;
  /** Default: this name and the digest of the file. */
  meta?: string | Buffer | undefined;
  filename?: unknown;
  sha256?: unknown;
  /** Is signed instead of meta. */
  signed?: string | Buffer;
  file?: Buffer | undefined;
  /** Additional or replaced headers. */
  headers?: Record<string, string | undefined>;
  /** Replaces the form of meta and file. */
  body?: Buffer;
  version?: string;
}

export const TARGET = '/v3/marketing/partner/product-coupon/media/upload-image';
export const BRAND_TARGET = '/brand/marketing/product-coupon/media/upload-image';

const BOUNDARY = 'boundary0123456789';

/** Writes the bytes and signs them with Node's crypto alone, without any code of this project. */
export function upload(label: string, shape: UploadShape = {}): RecordedRequest {
  const target = shape.target ?? TARGET;
  const file = 'file' in shape ? shape.file : PNG;
  const meta = 'meta' in shape ? shape.meta : metaOf(shape, file ?? Buffer.alloc(0));
  const made = authorizationOf(label, { ...shape, url: target, body: shape.signed ?? meta ?? '' });
  const body =
    shape.body ??
    form([
      ['meta', meta],
      ['file', file],
    ]);
  const headers: Record<string, string | undefined> = {
    Host: '127.0.0.1',
    Authorization: 'authorization' in shape ? shape.authorization : made,
    Accept: 'application/json',
    'User-Agent': 'recorded',
    'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`,
    'Wechatpay-Serial': PLATFORM_PUBLIC_KEY,
    'Content-Length': String(body.length),
    ...shape.headers,
  };
  return { label, head: headOf(`POST ${target} ${shape.version ?? 'HTTP/1.1'}`, headers), body };
}

/** @returns a request without a body */
export function bare(
  label: string,
  line: string,
  headers: Record<string, string | undefined> = {},
): RecordedRequest {
  return {
    label,
    head: headOf(line.endsWith('HTTP/1.0') ? line : `${line} HTTP/1.1`, { Host: '127.0.0.1', ...headers }),
  };
}

/** What is signed, and by whom. */
export interface SignedShape extends Pick<UploadShape, 'scheme' | 'mchid' | 'serialNo' | 'nonce' | 'skew'> {
  url: string;
  body: string | Buffer;
  /** Default: POST. */
  method?: string;
}

/** @returns the `Authorization`. The nonce is derived from the label, so that no two are equal */
export function authorizationOf(
  label: string,
  { url, body, method = 'POST', ...shape }: SignedShape,
  fields: readonly string[] = ['id', 'nonce_str', 'signature', 'timestamp', 'serial_no'],
): string {
  const isBrand = shape.scheme === 'brand';
  const nonce = shape.nonce ?? createHash('sha256').update(label).digest('hex').slice(0, 32);
  const timestamp = String(MOMENT + (shape.skew ?? 0));
  const message = [`${method}\n${url}\n${timestamp}\n${nonce}\n`, body, '\n'].map((piece) =>
    Buffer.from(piece as string),
  );
  const values: Record<string, string> = {
    nonce_str: nonce,
    timestamp,
    serial_no: shape.serialNo ?? SERIAL,
    signature: sign('sha256', Buffer.concat(message), PRIVATE_KEY).toString('base64'),
  };
  const id = [isBrand ? 'brand_id' : 'mchid', shape.mchid ?? (isBrand ? BRAND : MERCHANT)];
  const written = fields.map((field) => (field === 'id' ? id : [field, values[field]]));
  const type = isBrand ? 'WECHATPAY-BRAND-SHA256-RSA2048' : 'WECHATPAY2-SHA256-RSA2048';
  return `${type} ${written.map(([name, value]) => `${name}="${value}"`).join(',')}`;
}

const PRIVATE_KEY = readFileSync('vectors/keys/merchant.key.pem', 'utf8');

/** Returns a form with the given parts, in this order. */
export function form(
  parts: readonly (readonly [name: string, content: string | Buffer | undefined])[],
): Buffer {
  const pieces = parts.flatMap(([name, content]) =>
    content === undefined
      ? []
      : [`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`, content, '\r\n'],
  );
  return Buffer.concat([...pieces, `--${BOUNDARY}--\r\n`].map((piece) => Buffer.from(piece as string)));
}

/** Returns the head of a PNG of this size, followed by `more`. */
export function png(width: number, height: number, more = Buffer.alloc(0)): Buffer {
  const head = Buffer.from('89504e470d0a1a0a0000000d494844520000000000000000080600000000000000', 'hex');
  head.writeUInt32BE(width, 16);
  head.writeUInt32BE(height, 20);
  head.writeUInt32BE(crc32(head.subarray(12, 29)), 29);
  return Buffer.concat([head, more]);
}

export const PNG: Buffer = png(1, 1);

export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Encodes as UTF-8, with one byte for each character of the head. */
function headOf(line: string, headers: Record<string, string | undefined>): string {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  return Buffer.from([line, ...lines, '', ''].join('\r\n')).toString('latin1');
}

function metaOf(shape: UploadShape, file: Buffer): string {
  const filename = 'filename' in shape ? shape.filename : 'picture.png';
  return JSON.stringify({ filename, sha256: 'sha256' in shape ? shape.sha256 : sha256(file) });
}
