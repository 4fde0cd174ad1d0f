import { Refusal, type UploadEndpoint } from '@coupon-media/apiv3';
import type { Trace } from '../signed/trace.js';
import type { StoredUpload } from '../stores/index.js';
import type { ValidatedImage } from './validate.js';

/** Proof that the bytes and the record are durable. */
export type { StoredImage };

export interface StoreServices {
  /** Unix milliseconds. */
  clock(): number;
}

/**
 * Makes the image durable.
 *
 * @throws Refusal `systemError` with the store's error as its cause; in that case nothing is half written
 */
export async function store(
  { admitted, meta, file, image }: ValidatedImage,
  { clock }: StoreServices,
  trace: Pick<Trace, 'requestId' | 'stored' | 'nonceKept'>,
): Promise<StoredImage> {
  const { head, merchant } = admitted.upload.sender;
  const { sha256, bytes, draft } = file;
  const upload: StoredUpload = {
    merchant: merchant.id,
    filename: meta.filename,
    sha256,
    kind: image.kind,
    bytes,
    width: image.width,
    height: image.height,
    uploadedAt: clock(),
    requestId: trace.requestId,
  };
  try {
    await draft.commit({ ...upload, nonce: admitted.nonce });
  } catch (cause) {
    throw new Refusal('systemError', { cause });
  }
  trace.stored = { filename: meta.filename, sha256, bytes };
  trace.nonceKept = true;
  return new StoredImage(upload, head.endpoint);
}

class StoredImage {
  protected readonly stage = 'stored';
  constructor(
    readonly upload: StoredUpload,
    readonly endpoint: UploadEndpoint,
  ) {}
}
