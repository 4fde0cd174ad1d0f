import type { ImageKind, UploadEndpointName } from '@coupon-media/apiv3';

/** An upload to carry out: bytes that the service has received, hashed and inspected. */
export interface UpstreamUpload {
  readonly account: string;
  readonly endpoint: UploadEndpointName;
  readonly sha256: string;
  readonly kind: ImageKind;
  readonly filename: string;
  readonly content: Buffer;
  readonly signal: AbortSignal;
}

/** What a try at upstream gave. */
export type UpstreamResult =
  | { readonly outcome: 'published'; readonly value: string; readonly requestId: string }
  /** Upstream refuses this image or this permission for good: status 400 or 403. */
  | {
      readonly outcome: 'refused';
      readonly status: number;
      readonly code: string;
      readonly message: string;
      readonly requestId: string | undefined;
    }
  /** Upstream's 429: the pace is too high. */
  | { readonly outcome: 'slowed'; readonly retryAfter: number | undefined }
  /** The relay's own trouble; it may end by itself, or by the operator. `code` is the client's stable code. */
  | { readonly outcome: 'trouble'; readonly code: string; readonly cause: unknown };

/** The accounts of a relay at upstream. */
export interface Upstream {
  /** Never throws; retries within a call, failover and verification are the client's. */
  upload(upload: UpstreamUpload): Promise<UpstreamResult>;
  close(): Promise<void>;
}
