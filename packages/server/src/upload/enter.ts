import { IMAGE_BYTES_LIMIT, Refusal, type UploadEndpoint } from '@coupon-media/apiv3';
import type { InFlight, Permit } from '../limits/index.js';
import type { RequestHead } from '../signed/trace.js';

/** The request line and the headers of an upload. */
export interface UploadHead extends RequestHead {
  readonly endpoint: UploadEndpoint;
}

/** Seconds for `Retry-After`. A burst has passed by then. */
const RETRY_AFTER = 1;

/**
 * Asks for a permit to receive an upload, before anything else is done. A chunked body is expected to be as
 * long as an image may be, since no more than that is ever kept.
 *
 * @param onExpelled called if the upload has to make room before its sender is authenticated
 * @returns the permit, which the caller gives up once it keeps nothing of the upload
 * @throws Refusal `serviceBusy`. Nobody is identified yet, so the response is not signed (contract 5.12)
 */
export async function enter(
  head: UploadHead,
  inFlight: InFlight,
  onExpelled: (refusal: Refusal) => void,
): Promise<Permit> {
  const contentLength = head.header('content-length');
  const declared = Math.min(Number(contentLength ?? IMAGE_BYTES_LIMIT), IMAGE_BYTES_LIMIT);
  const permit = await inFlight.enter(declared, () => onExpelled(serviceBusy()));
  if (!permit) throw serviceBusy();
  return permit;
}

/** @returns the refusal of an upload for which there is no room */
export function serviceBusy(): Refusal {
  return new Refusal('serviceBusy', { retryAfter: RETRY_AFTER });
}
