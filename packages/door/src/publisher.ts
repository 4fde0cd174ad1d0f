import { BilingualError, type Text, type UploadEndpointName } from '@coupon-media/apiv3';
import type { AddedRows, Addition, StoredUpload } from '@coupon-media/server/engine';
import type { EndSignal } from './images/ending.js';
import type { RecordedChange } from './images/records.js';

/** An image that a caller wants the URL of. */
export interface WantedImage {
  /** The account whose URL it is: one domain of trust. */
  readonly account: string;
  readonly endpoint: UploadEndpointName;
  readonly upload: StoredUpload;
  /** Who asks, for turns and audit: an mchid, or `cmr_` and the public id of a token. */
  readonly caller: string;
  /** The slot of a coupon that it was prepared for. */
  readonly slot?: string | undefined;
  /** What preparation changed. Default: nothing. */
  readonly changes?: readonly RecordedChange[] | undefined;
}

/** The same, once its bytes are stored. */
export interface PublishRequest extends WantedImage {
  /** Aborted at the caller's deadline, or when the caller is gone. What was wished goes on without the caller. */
  readonly signal: EndSignal;
  /** Whether `known` has just found nothing, so that it need not be asked again. Default: false. */
  readonly isUnknown?: boolean;
  /** The rows of what {@link Publisher.addition} added to the commit of the image. Default: none. */
  readonly added?: AddedRows | undefined;
}

/** The value that an image has, permanently. */
export interface PublishedValue {
  /** The URL, or the media_id of an endpoint that answers with one. */
  readonly value: string;
  /** The whole Request-ID of upstream's response; undefined where there is no upstream. */
  readonly upstreamRequestId: string | undefined;
  /** Whether it was known before this request. */
  readonly reused: boolean;
}

/** What gives images their URLs: a relay asks upstream, a sandbox makes its own. */
export interface Publisher {
  /**
   * Gives what is written in the commit of an image that `publish` is called for next, so that `publish` need not write it by a commit
   * of its own. Default: nothing is.
   */
  addition?(wanted: WantedImage): Addition | undefined;
  /**
   * Once it resolves, the records of the mount have the image.
   *
   * @throws PublishError
   */
  publish(request: PublishRequest): Promise<PublishedValue>;
  /** @returns undefined if this account has no value for the image */
  known(account: string, endpoint: UploadEndpointName, sha256: string): Promise<PublishedValue | undefined>;
}

/**
 * - `refused`: upstream refuses the image or the permission; `upstream` has its status, code and message
 * - `waiting`: the deadline came before the turn; `retryAfter` says when there is one
 * - `unavailable`: the relay's own trouble, which the caller cannot mend: the text says nothing of keys
 */
export type PublishFault = 'refused' | 'waiting' | 'unavailable';

/** An image has no URL, or has none yet. */
export class PublishError extends BilingualError {
  override readonly name = 'PublishError';
  readonly code: PublishFault;
  readonly upstream: UpstreamRefusal | undefined;
  /** Seconds. */
  readonly retryAfter: number | undefined;

  constructor(
    code: PublishFault,
    texts: Text,
    options: {
      readonly upstream?: UpstreamRefusal | undefined;
      readonly retryAfter?: number | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(texts, { cause: options.cause });
    this.code = code;
    this.upstream = options.upstream;
    this.retryAfter = options.retryAfter;
  }
}

/** What upstream said of an image or a permission, and what the caller is to read unchanged. */
export interface UpstreamRefusal {
  /** 400 or 403. */
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly requestId: string | undefined;
}
