import { imagePath, type UploadEndpoint } from '@coupon-media/apiv3';
import type { AddedRows } from '../stores/index.js';
import type { PublishedImage, StoredImage } from './store.js';

/**
 * Returns the value that the uploader receives for a stored image: its permanent URL, or its id if the endpoint
 * responds with `media_id`. If the same image is uploaded again, it is published again and must get the same value.
 *
 * @throws Refusal; the image stays stored, and after 429 or 5xx the request may be sent again
 */
export type Publish = (image: PublishedImage, uploader: Uploader) => string | Promise<string>;

/** The connection that waits for the value, and what it brought. */
export interface Uploader {
  /** Calls back if the connection ends before its response; at once if it has ended. @returns ends it */
  whenGone(act: () => void): () => void;
  /** The rows of what was added to the commit of the image. */
  readonly added: AddedRows;
}

/**
 * @throws whatever `publish` throws, or an Error if the value is not a URL or id that a response may contain (contract
 *   1.4)
 */
export async function publishImage(
  { upload, endpoint, added }: StoredImage,
  publish: Publish,
  { whenGone }: Pick<Uploader, 'whenGone'>,
): Promise<Published> {
  const value: unknown = await publish({ ...upload, endpoint }, { whenGone, added });
  if (typeof value !== 'string' || value === '' || value.length > VALUE_LIMIT)
    throw new Error(`publish must return a text of 1 to ${VALUE_LIMIT} characters`);
  return new Published(endpoint.responseField, value);
}

/** Characters: an image's URL has at most 256 (contract 1.4). */
const VALUE_LIMIT = 256;

/**
 * Returns a function that gives images URLs of this service. The same bytes always get the same URL (contract 6.4).
 *
 * @param publicUrl the beginning of the URLs, without a slash at the end
 */
export function publishUnder(publicUrl: () => string): (image: PublishedImage) => string {
  return ({ endpoint, sha256, kind }) =>
    endpoint.responseField === 'media_id' ? sha256 : `${publicUrl()}/${imagePath({ sha256, kind })}`;
}

/** Proof that a stored image has its URL or id. */
class Published {
  protected readonly stage = 'published';
  constructor(
    readonly field: UploadEndpoint['responseField'],
    readonly value: string,
  ) {}
}
