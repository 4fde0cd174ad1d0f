import { Refusal, type UploadEndpoint } from '@coupon-media/apiv3';
import type { Trace } from '../signed/trace.js';
import type { AddedRows, Addition, StoredUpload } from '../stores/index.js';
import type { ValidatedImage } from './validate.js';

/** Proof that the bytes and the record are durable. */
export type { StoredImage };

/** An image, and the endpoint that it was uploaded to. */
export interface PublishedImage extends StoredUpload {
  readonly endpoint: UploadEndpoint;
}

export interface StoreServices {
  /** Unix milliseconds. */
  clock(): number;
  /** What is written in the commit of an image. Default: nothing. */
  readonly addition?: AddToCommit | undefined;
}

/**
 * Gives what is written in the commit of an image, so that it is there if the image is. The rows that it returns come to `publish`, which
 * is called once both are durable.
 */
export type AddToCommit = (image: PublishedImage) => Addition | undefined;

/**
 * Makes the image durable.
 *
 * @throws Refusal `systemError` with the store's error as its cause; in that case nothing is half written
 */
export async function store(
  { admitted, meta, file, image }: ValidatedImage,
  { clock, addition }: StoreServices,
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
  const added = await commit();
  trace.stored = { filename: meta.filename, sha256, bytes };
  trace.nonceKept = true;
  return new StoredImage(upload, head.endpoint, added);

  async function commit(): Promise<AddedRows> {
    try {
      return await draft.commit(
        { ...upload, nonce: admitted.nonce },
        addition?.({ ...upload, endpoint: head.endpoint }),
      );
    } catch (cause) {
      throw new Refusal('systemError', { cause });
    }
  }
}

class StoredImage {
  protected readonly stage = 'stored';
  constructor(
    readonly upload: StoredUpload,
    readonly endpoint: UploadEndpoint,
    readonly added: AddedRows,
  ) {}
}
