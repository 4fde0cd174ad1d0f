import { imagePath, type UploadEndpoint } from '@coupon-media/apiv3';
import type { StoredUpload } from '../stores/index.js';
import type { StoredImage } from './store.js';

/** An image that is durable, and the endpoint that it was uploaded to. */
export interface PublishedImage extends StoredUpload {
  readonly endpoint: UploadEndpoint;
}

/**
 * Gives the value that the uploader gets for a stored image: its permanent URL, or its id from endpoints that answer with
 * `media_id`. An image that is uploaded again is published again, and must get the same value.
 *
 * @throws Refusal; the image stays stored, and the request may be sent again where the refusal is 429 or 5xx
 */
export type Publish = (image: PublishedImage) => string | Promise<string>;

/** @throws what `publish` throws, or an Error where what it gives is no URL or id that a response may have (contract 1.4) */
export async function publishImage({ upload, endpoint }: StoredImage, publish: Publish): Promise<Published> {
  const value: unknown = await publish({ ...upload, endpoint });
  if (typeof value !== 'string' || value === '' || value.length > VALUE_LIMIT)
    throw new Error(`publish must give a text of 1 to ${VALUE_LIMIT} characters`);
  return new Published(endpoint.answerField, value);
}

/** Characters: an image's URL has at most 256 (contract 1.4). */
const VALUE_LIMIT = 256;

/**
 * URLs of the service's own: the same bytes have the same (contract 6.4).
 *
 * @param publicUrl what they begin with, without a slash at the end
 */
export function publishUnder(publicUrl: () => string): Publish {
  return ({ endpoint, sha256, kind }) =>
    endpoint.answerField === 'media_id' ? sha256 : `${publicUrl()}/${imagePath({ sha256, kind })}`;
}

/** Proof that a stored image was given its URL or id. */
class Published {
  protected readonly stage = 'published';
  constructor(
    readonly field: UploadEndpoint['answerField'],
    readonly value: string,
  ) {}
}
