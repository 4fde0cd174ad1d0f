import {
  acceptableFilename,
  createImageInspector,
  IMAGE_BYTES_LIMIT,
  type ImageInfo,
  Refusal,
  type UploadEndpointName,
  uploadEndpoint,
} from '@coupon-media/apiv3';
import type { AddedRows, Addition, ImageStore, StoredUpload } from '@coupon-media/server/engine';
import type { PublishedValue, Publisher, WantedImage } from '../publisher.js';
import type { EndSignal } from './ending.js';
import type { RecordedChange } from './records.js';
import type { ImageBytes } from './source.js';

/** What is to be done with an image. */
export interface Wanted {
  readonly account: string;
  readonly endpoint: UploadEndpointName;
  /** `cmr_` and the public part of the token. */
  readonly caller: string;
  /** 32 upper-case hex digits: the request that brought it. */
  readonly requestId: string;
  /** As the sender gives it; it is made acceptable. */
  readonly filename: string | undefined;
  readonly slot: string | undefined;
  readonly changes: readonly RecordedChange[];
}

/** An image that is in the store, and everything that is known of it but its value. */
export interface StoredPicture {
  readonly upload: StoredUpload;
  readonly wanted: Wanted;
}

export interface Intake {
  /**
   * @returns the value if this account has one for the bytes; whether another account has them makes no difference
   * @throws StoreError
   */
  known(wanted: Wanted, image: ImageBytes): Promise<PublishedValue | undefined>;
  /** @throws Refusal if the bytes are not an image that the page takes */
  inspect(image: ImageBytes): ImageInfo;
  /**
   * Makes bytes and record durable.
   *
   * @throws Refusal, StoreError
   */
  store(wanted: Wanted, image: ImageBytes): Promise<StoredPicture>;
  /**
   * Gives a stored image its value; whoever gives it records it.
   *
   * @throws PublishError, StoreError
   */
  publish(picture: StoredPicture, signal: EndSignal): Promise<PublishedValue>;
  /**
   * Does both for an image that `known` has just found nothing of, with one commit less.
   *
   * @throws Refusal, PublishError, StoreError
   */
  storeAndPublish(wanted: Wanted, image: ImageBytes, signal: EndSignal): Promise<PublishedValue>;
}

export interface IntakeServices {
  readonly images: Pick<ImageStore, 'draft'>;
  readonly publisher: Publisher;
  readonly now: () => number;
}

export function createIntake({ images, publisher, now }: IntakeServices): Intake {
  function uploadOf(wanted: Wanted, image: ImageBytes): StoredUpload {
    const { kind, width, height } = inspect(image);
    const { bytes, sha256 } = image;
    const limit = uploadEndpoint(wanted.endpoint).filenameLimit;
    return {
      merchant: wanted.account,
      filename: acceptableFilename(wanted.filename ?? `${wanted.slot ?? 'image'}.${kind}`, kind, { limit }),
      ...{ sha256, kind, bytes, width, height },
      uploadedAt: now(),
      requestId: wanted.requestId,
    };
  }

  async function commit(
    upload: StoredUpload,
    { chunks }: ImageBytes,
    addition?: Addition,
  ): Promise<AddedRows> {
    const draft = images.draft();
    try {
      for (const chunk of chunks) await draft.write(chunk);
      return await draft.commit(upload, addition);
    } catch (error) {
      await draft.discard();
      throw error;
    }
  }

  return {
    known: ({ account, endpoint }, { sha256 }) => publisher.known(account, endpoint, sha256),
    inspect,
    async store(wanted, image) {
      const upload = uploadOf(wanted, image);
      await commit(upload, image);
      return { upload, wanted };
    },
    publish: ({ upload, wanted }, signal) => publisher.publish({ ...imageOf(upload, wanted), signal }),
    async storeAndPublish(wanted, image, signal) {
      const upload = uploadOf(wanted, image);
      const asked = imageOf(upload, wanted);
      const added = await commit(upload, image, publisher.addition?.(asked));
      return publisher.publish({ ...asked, signal, isUnknown: true, added });
    },
  };
}

function imageOf(upload: StoredUpload, { account, endpoint, caller, slot, changes }: Wanted): WantedImage {
  return { account, endpoint, upload, caller, slot, changes };
}

/** The rules are those of the service (contract 5.11). */
function inspect({ chunks, bytes }: ImageBytes): ImageInfo {
  if (bytes === 0) throw new Refusal('fileEmpty');
  if (bytes > IMAGE_BYTES_LIMIT) throw new Refusal('fileTooLarge');
  const inspector = createImageInspector();
  for (const chunk of chunks) inspector.write(chunk);
  const image = inspector.result();
  if (typeof image === 'string') throw new Refusal(image);
  return image;
}
