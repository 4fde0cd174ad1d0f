import { IMAGE_BYTES_LIMIT, type ImageInfo } from '@coupon-media/apiv3';
import { bytesOf } from './bytes.js';
import { OptionError } from './errors.js';

/**
 * An image whose bytes were hashed and inspected before, so that the upload does neither again: for a service that passes on what it has
 * received itself. What is said of the bytes is not proven here. It need not be: the digest is signed, so WeChat Pay refuses an image
 * that has another one.
 */
export interface InspectedImage extends ImageInfo {
  /** The bytes, which must not change until the upload has ended. */
  readonly content: Uint8Array;
  /** Their digest: 64 lower-case hex digits. */
  readonly sha256: string;
  /** The filename in meta. */
  readonly filename: string;
}

/** @returns whether a source is such an image; no other source has bytes as `content` beside a digest */
export function isInspected(source: unknown): source is InspectedImage {
  const { content, sha256 } = (source ?? {}) as Readonly<Record<string, unknown>>;
  return typeof sha256 === 'string' && bytesOf(content) !== undefined;
}

/** @throws OptionError if it cannot be what the bytes were found to be */
export function readInspected({ content, ...image }: InspectedImage): InspectedImage & { content: Buffer } {
  const bytes = bytesOf(content) ?? Buffer.alloc(0);
  if (bytes.length === 0 || bytes.length > IMAGE_BYTES_LIMIT) throw new OptionError('source.content', LENGTH);
  if (!/^[0-9a-f]{64}$/.test(image.sha256)) throw new OptionError('source.sha256', NO_DIGEST);
  return { ...image, content: bytes };
}

const LENGTH = { 'zh-CN': '应为 1 字节到 2 MiB', en: 'must have 1 byte to 2 MiB' };
const NO_DIGEST = { 'zh-CN': '应为 64 位小写十六进制', en: 'must be 64 lower-case hex digits' };
