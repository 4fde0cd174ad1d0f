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

/** An image that a slot takes. */
export interface PreparedImage extends Size {
  /** What to upload. When nothing had to be changed, the source's own bytes. */
  readonly bytes: Buffer;
  readonly kind: PreparedKind;
  /** What to call it: the source's name with the right suffix. */
  readonly filename: string;
  /** Whether `bytes` are the source's, byte for byte. `changes` is empty then, and only then. */
  readonly unchanged: boolean;
  /** All that was done, in the order in which it was. */
  readonly changes: readonly Change[];
  /** What the source was. */
  readonly source: ImageFacts;
}

/**
 * Turns any image into a JPG or PNG that the page accepts and a coupon slot wants: upright, in sRGB, without metadata, of
 * the slot's size, within the bytes. What fits already is left alone. The decoding is done in another process, with limits on
 * pixels, memory and time; nothing is written anywhere.
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

/** What `examineImage` heeds. */
export interface ExamineOptions {
  limits?: PrepareLimits;
  /** Stops the work; the promise rejects with `ABORTED`. */
  signal?: AbortSignal;
}

/**
 * Finds out what an image is, and changes nothing. With `planImage`, a dry run of `prepareImage`: it is decoded whole.
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
 * A filename that every endpoint takes: the source's own, with the suffix of what was made.
 *
 * @param fallback what to call it when nothing of the source's name is left
 */
export function suggestFilename(source: string | undefined, kind: PreparedKind, fallback: string): string {
  const name = basename((source ?? '').replaceAll('\\', '/'));
  return acceptableFilename(name, kind, { limit: LIMIT, fallback });
}

/** Characters: the shortest limit of all endpoints (contract 7.1). */
const LIMIT = 128;
