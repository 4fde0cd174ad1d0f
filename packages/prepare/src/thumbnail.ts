import { decodeThumbnail } from './decoders.js';
import { detectFormat } from './formats.js';
import { checkLimits, checkThumbnail, type PrepareLimits } from './options.js';
import { type PrepareSource, readSource } from './source.js';
import { inTurn } from './turns.js';

/** The options of `thumbnailImage`. */
export interface ThumbnailOptions {
  /** Pixels of the longer side at most. A smaller image keeps its size. Default: 256; at most 1024. */
  side?: number;
  /** Bytes at most. Default: 20,480. */
  maxBytes?: number;
  /** Default: those of `prepareImage`, with 10,000 ms of processor time. */
  limits?: PrepareLimits;
  /** Stops the work; the promise rejects with `ABORTED`. */
  signal?: AbortSignal;
}

/**
 * Draws a small WebP of any image that `prepareImage` takes: upright, in sRGB, of several frames the first. It is for looking at and not for
 * uploading. Another process decodes the image, in its turn, with the same limits.
 *
 * @throws PrepareError
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { thumbnailImage } from '@coupon-media/prepare';
 *
 * await writeFile('summer.webp', await thumbnailImage('summer.heic'));
 * ```
 */
export async function thumbnailImage(source: PrepareSource, options: ThumbnailOptions = {}): Promise<Buffer> {
  const { limits: given, signal, ...bounds } = options;
  const thumbnail = checkThumbnail(bounds);
  const limits = checkLimits({ timeLimit: 10_000, ...given });
  return inTurn(signal, async () => {
    const bytes = await readSource(source, limits.maxSourceBytes);
    const task = { source: bytes, format: detectFormat(bytes), limits, request: undefined, thumbnail };
    return decodeThumbnail(task, signal);
  });
}
