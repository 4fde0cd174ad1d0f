import { PrepareError } from '../errors.js';
import { formatNames, type SourceFormat } from '../formats.js';

/** Makes the error for an image that cannot be read. `reason` is the decoder's message, for diagnosis. */
export function damaged(format: SourceFormat, reason: string, cause?: unknown): PrepareError {
  return new PrepareError('DAMAGED', { format: formatNames[format], reason }, cause);
}

/**
 * Checks the size in the image's header, before memory of this size is allocated.
 *
 * @throws PrepareError `TOO_MANY_PIXELS`, or `DAMAGED` if it has no pixels
 */
export function checkPixels(format: SourceFormat, width: number, height: number, limit: number): void {
  if (width < 1 || height < 1) throw damaged(format, `it says it is ${width} × ${height} pixels`);
  if (width * height > limit) throw new PrepareError('TOO_MANY_PIXELS', { width, height, limit });
}
