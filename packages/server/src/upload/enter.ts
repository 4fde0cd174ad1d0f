import { IMAGE_BYTES_LIMIT, Refusal } from '@coupon-media/apiv3';
import type { InFlight, Place } from '../limits/index.js';

/** Seconds for `Retry-After`: by then a burst has passed. */
const RETRY_AFTER = 1;

/**
 * Before the first stage: is there room for another upload at all? Nobody is identified yet, so that the refusal goes out
 * unsigned (contract 5.12).
 *
 * @param contentLength the header. No more than an image may have is ever kept, and of a chunked body so much is expected
 * @param upload what is done while the place is held: whatever of the upload is kept is kept for no longer
 * @throws Refusal `serviceBusy`
 */
export async function enter<T>(
  contentLength: string | undefined,
  inFlight: InFlight,
  upload: (place: Place) => Promise<T>,
): Promise<T> {
  const declared = Math.min(Number(contentLength ?? IMAGE_BYTES_LIMIT), IMAGE_BYTES_LIMIT);
  const place = await inFlight.enter(declared);
  if (!place) throw new Refusal('serviceBusy', { retryAfter: RETRY_AFTER });
  try {
    return await upload(place);
  } finally {
    place.leave();
  }
}
