import { Refusal } from './errors.js';
import { checkFilename } from './filename.js';

/** The metadata of an upload (contract 1.3). */
export interface Meta {
  filename: string;
  /** SHA-256 of the file's bytes: 64 hex digits, lower case. */
  sha256: string;
}

/**
 * Serialises meta. Call it once, and both sign and send this text: a second serialisation may give other bytes (contract 2.2).
 *
 * @example
 * ```ts
 * import { createHash } from 'node:crypto';
 * import { readFileSync } from 'node:fs';
 * import { writeMeta } from '@coupon-media/apiv3';
 *
 * const sha256 = createHash('sha256').update(readFileSync('coupon.png')).digest('hex');
 * const meta = writeMeta({ filename: 'coupon.png', sha256 });
 * console.log(meta.slice(0, 33)); // '{"filename":"coupon.png","sha256"'
 * ```
 */
export function writeMeta({ filename, sha256 }: Meta): string {
  return JSON.stringify({ filename, sha256 });
}

/**
 * Reads the bytes of a meta part. Unknown keys are ignored (contract 4.7).
 *
 * @param filenameLimit characters
 * @throws Refusal that names the parameter
 * @example
 * ```ts
 * import { readMeta, writeMeta } from '@coupon-media/apiv3';
 *
 * const bytes = Buffer.from(writeMeta({ filename: 'coupon.png', sha256: 'A'.repeat(64) }));
 * console.log(readMeta(bytes, 150).filename); // 'coupon.png'
 * ```
 */
export function readMeta(bytes: Uint8Array, filenameLimit: number): Meta {
  const meta = parseObject(bytes);
  const filename = requiredString(meta, 'filename');
  const sha256 = requiredString(meta, 'sha256');
  checkFilename(filename, filenameLimit);
  if (!sha256Form.test(sha256)) {
    throw new Refusal('digestWrong', {
      detail: { field: '/body/meta/sha256', value: sha256, issue: 'not 64 hex digits' },
    });
  }
  return { filename, sha256: sha256.toLowerCase() };
}

/** Bytes that a meta part may have. A filename and a digest need fewer than a thousand. */
export const META_BYTES_LIMIT = 16 * 1024;

/** 64 hex digits in any case (contract 5.6). */
export const sha256Form = /^[0-9A-Fa-f]{64}$/u;

function parseObject(bytes: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(UTF8.decode(bytes));
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // The refusal below names the part; the sender has to find the fault in the text.
  }
  throw new Refusal('metaMalformed', {
    detail: { field: '/body/meta', issue: 'not a JSON object in UTF-8' },
  });
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function requiredString(meta: Record<string, unknown>, key: 'filename' | 'sha256'): string {
  const value = meta[key];
  if (typeof value === 'string' && value !== '') return value;
  const missing = value === undefined || value === null || value === '';
  throw new Refusal(missing ? 'parameterMissing' : 'parameterTypeWrong', {
    values: { source: `/body/meta/${key}`, label: LABELS[key] },
    detail: { field: `/body/meta/${key}`, value, issue: missing ? 'required' : 'must be a string' },
  });
}

const LABELS = { filename: '图片文件名', sha256: '图片文件摘要' };
