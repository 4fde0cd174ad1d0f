import { IMAGE_BYTES_LIMIT, Refusal, type UploadEndpoint } from '@coupon-media/apiv3';
import type { InFlight, Place } from '../limits/index.js';
import type { RequestHead } from '../signed/trace.js';

/** The head of an upload. */
export interface UploadHead extends RequestHead {
  readonly endpoint: UploadEndpoint;
}

/** Seconds for `Retry-After`: by then a burst has passed. */
const RETRY_AFTER = 1;

/**
 * Before the first stage: is there room for another upload at all? Nobody is identified yet, so that the refusal goes out
 * unsigned (contract 5.12). Of a chunked body as much is expected as an image may have; no more than that is ever kept.
 *
 * @param onExpelled called where the upload has to make room before its sender is proven
 * @returns the upload's place: to be left when nothing of the upload is kept any more
 * @throws Refusal `serviceBusy`
 */
export async function enter(
  head: UploadHead,
  inFlight: InFlight,
  onExpelled: (refusal: Refusal) => void,
): Promise<Place> {
  const contentLength = head.header('content-length');
  const declared = Math.min(Number(contentLength ?? IMAGE_BYTES_LIMIT), IMAGE_BYTES_LIMIT);
  const place = await inFlight.enter(declared, () => onExpelled(serviceBusy()));
  if (!place) throw serviceBusy();
  return place;
}

/** @returns the refusal of an upload for which there is no room */
export function serviceBusy(): Refusal {
  return new Refusal('serviceBusy', { retryAfter: RETRY_AFTER });
}
