import { Refusal } from '@coupon-media/apiv3';
import type { ValidatedImage } from './validate.js';

/** Proof that bytes and record are durable. */
export type { Stored as StoredUpload };

export interface StoreServices {
  /** What image URLs begin with, without a slash at the end (contract 6.4). */
  publicUrl(): string;
  /** Unix milliseconds. */
  nowMillis(): number;
}

/**
 * Makes the image durable and gives it its URL.
 *
 * @throws Refusal `systemError`, with the store's error as its cause; nothing is then half written
 */
export async function store(
  { admitted, meta, file, image }: ValidatedImage,
  requestId: string,
  { publicUrl, nowMillis }: StoreServices,
): Promise<Stored> {
  const { sender } = admitted.upload;
  try {
    await file.draft.commit({
      merchant: sender.merchant.id,
      filename: meta.filename,
      sha256: file.sha256,
      kind: image.kind,
      bytes: file.bytes,
      width: image.width,
      height: image.height,
      uploadedAt: nowMillis(),
      requestId,
      nonce: admitted.nonce,
    });
  } catch (cause) {
    throw new Refusal('systemError', { cause });
  }
  return new Stored(file.sha256, `${publicUrl()}/images/${file.sha256}.${image.kind}`, file.bytes);
}

class Stored {
  protected readonly stage = 'stored';
  constructor(
    /** What endpoints that answer with an id give. */
    readonly id: string,
    /** The same bytes have the same URL (contract 6.4). */
    readonly url: string,
    readonly bytes: number,
  ) {}
}
