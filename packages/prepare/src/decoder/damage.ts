import { PrepareError } from '../errors.js';
import { formatNames, type SourceFormat } from '../formats.js';

/** An image that cannot be read. `reason` is for people who look into it: a decoder's words. */
export function damaged(format: SourceFormat, reason: string, cause?: unknown): PrepareError {
  return new PrepareError('DAMAGED', { format: formatNames[format], reason }, cause);
}

/**
 * Refuses what an image says of its size, before anything of that size is made.
 *
 * @throws PrepareError `TOO_MANY_PIXELS`, `DAMAGED` for no pixels at all
 */
export function checkPixels(format: SourceFormat, width: number, height: number, limit: number): void {
  if (width < 1 || height < 1) throw damaged(format, `it says it is ${width} × ${height} pixels`);
  if (width * height > limit) throw new PrepareError('TOO_MANY_PIXELS', { width, height, limit });
}
