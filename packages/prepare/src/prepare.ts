import { basename } from 'node:path';
import { acceptableFilename } from '@coupon-media/apiv3';
import type { Change } from './changes.js';
import type { Made } from './decoder/protocol.js';
import { decode } from './decoders.js';
import type { ImageFacts, Size } from './facts.js';
import { detectFormat } from './formats.js';
import { checkLimits, checkOptions, type PrepareLimits, type PrepareOptions } from './options.js';
import type { PreparedKind } from './rendering.js';
import { nameOf, type PrepareSource, readSource } from './source.js';
import { inTurn } from './turns.js';

/** An image that fits its slot. */
export interface PreparedImage extends Size {
  /** The bytes to upload; those of the source if nothing had to be changed. */
  readonly bytes: Buffer;
  readonly kind: PreparedKind;
  /** The suggested filename: the name of the source with the right suffix. */
  readonly filename: string;
  /** Whether `bytes` are those of the source. Exactly then, `changes` is empty. */
  readonly unchanged: boolean;
  /** All changes, in order. */
  readonly changes: readonly Change[];
  /** The facts of the source. */
  readonly source: ImageFacts;
}

/**
 * Converts any image to a JPG or PNG that the page accepts and a coupon slot requires: upright, in sRGB, without metadata, with
 * the size of the slot, within the bytes. An image that already fits stays unchanged. Another process decodes it, with limits
 * on pixels, memory and time. No file is written.
 *
 * @throws PrepareError
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { describeChange, prepareImage } from '@coupon-media/prepare';
 *
 * const icon = await prepareImage('logo.webp', { slot: 'icon' });
 * for (const change of icon.changes) console.log(describeChange(change));
 * await writeFile(icon.filename, icon.bytes);
 * ```
 */
export async function prepareImage(
  source: PrepareSource,
  options: PrepareOptions = {},
): Promise<PreparedImage> {
  const request = checkOptions(options);
  const limits = checkLimits(options.limits);
  return inTurn(options.signal, async () => {
    const bytes = await readSource(source, limits.maxSourceBytes);
    const task = { source: bytes, format: detectFormat(bytes), limits, request };
    const { facts, made } = await decode(task, options.signal);
    if (!made) throw new TypeError('the decoder prepared nothing');
    const filename = suggestFilename(options.name ?? nameOf(source), made.kind, options.slot ?? 'image');
    return { ...prepared(made, bytes), filename, source: facts };
  });
}

/** The options of `examineImage`. */
export interface ExamineOptions {
  limits?: PrepareLimits;
  /** Stops the work; the promise rejects with `ABORTED`. */
  signal?: AbortSignal;
}

/**
 * Reads the facts of an image and changes nothing. Together with `planImage`, it is a dry run of `prepareImage`. It decodes the
 * whole image.
 *
 * @throws PrepareError
 * @example
 * ```ts
 * import { examineImage } from '@coupon-media/prepare';
 *
 * const { format, width, height, colour, metadata } = await examineImage('summer.tif');
 * console.log(`${format}, ${width} × ${height}, ${colour}, with ${metadata.join(' and ') || 'no metadata'}`);
 * ```
 */
export async function examineImage(source: PrepareSource, options: ExamineOptions = {}): Promise<ImageFacts> {
  const limits = checkLimits(options.limits);
  return inTurn(options.signal, async () => {
    const bytes = await readSource(source, limits.maxSourceBytes);
    const task = { source: bytes, format: detectFormat(bytes), limits, request: undefined };
    return (await decode(task, options.signal)).facts;
  });
}

function prepared({ bytes, kind, width, height, changes }: Made, source: Buffer) {
  if (!bytes) return { bytes: source, kind, width, height, changes, unchanged: true };
  const made = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { bytes: made, kind, width, height, changes, unchanged: false };
}

/**
 * Suggests a filename that every endpoint accepts: the source's own with the suffix of the new kind.
 *
 * @param fallback the name if nothing of the source's name is left
 */
export function suggestFilename(source: string | undefined, kind: PreparedKind, fallback: string): string {
  const name = basename((source ?? '').replaceAll('\\', '/'));
  return acceptableFilename(name, kind, { limit: LIMIT, fallback });
}

/** Characters: the shortest limit of all endpoints (contract 7.1). */
const LIMIT = 128;
