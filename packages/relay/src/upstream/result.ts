import type { ImageKind, UploadEndpointName } from '@coupon-media/apiv3';

/** An upload to carry out: bytes that the service has received, hashed and inspected. */
export interface UpstreamUpload {
  readonly endpoint: UploadEndpointName;
  readonly sha256: string;
  readonly kind: ImageKind;
  readonly filename: string;
  readonly content: Buffer;
  readonly signal: AbortSignal;
  /** Called whenever upstream is about to be called. */
  onCall(): void;
}

/** What a call to upstream gave, with its retries and its failover. */
export type UpstreamResult = UpstreamOutcome & {
  /** The origin of upstream that was called last; undefined if none was. */
  readonly host: string | undefined;
  /** All origins that were called, each once, in the order of their first calls. */
  readonly hosts: readonly string[];
  /** Requests that were sent. */
  readonly attempts: number;
};

export type UpstreamOutcome =
  | { readonly outcome: 'published'; readonly value: string; readonly requestId: string }
  /** Upstream refuses this image or this permission for good: status 400 or 403, in a response that it signed. */
  | {
      readonly outcome: 'refused';
      readonly status: number;
      readonly code: string;
      readonly message: string;
      readonly requestId: string | undefined;
    }
  /** Upstream's 429, after the client's retries. */
  | { readonly outcome: 'slowed'; readonly retryAfter: number | undefined }
  /** The relay was stopped before there was an answer. */
  | { readonly outcome: 'stopped' }
  | Trouble;

/** The relay's own trouble. */
export interface Trouble {
  readonly outcome: 'trouble';
  readonly kind: TroubleKind;
  /** The stable code of the client, or of upstream's answer. */
  readonly code: string;
  readonly cause: unknown;
}

/**
 * - `refusesUs`: upstream does not accept signature, certificate or request of the account
 * - `forged`: an answer that is not proven to be upstream's
 * - `unusable`: an answer that upstream signed, and that is no answer to an upload: no URL, or one that cannot stand in a coupon
 * - `away`: no host answers, or they answer that they cannot
 * - `signer`: what holds the account's key does not sign
 * - `image`: the store does not have the bytes that it should have
 */
export type TroubleKind = 'refusesUs' | 'forged' | 'unusable' | 'away' | 'signer' | 'image';

/** Troubles that no further try mends, but the operator. */
export const LASTING: ReadonlySet<TroubleKind> = new Set<TroubleKind>(['refusesUs', 'signer', 'image']);

/** A trouble as the outbox keeps it beside the upload, for those who wait on other nodes. */
export function reasonOf({ kind, code }: Trouble): string {
  return `${kind} ${code}`;
}

/** @returns undefined if it is another reason for which an upload was given back */
export function troubleOf(reason: string): Trouble | undefined {
  const [word, code = ''] = reason.split(' ');
  const kind = KINDS.find((one) => one === word);
  return kind && { outcome: 'trouble', kind, code, cause: undefined };
}

const KINDS: readonly TroubleKind[] = ['refusesUs', 'forged', 'unusable', 'away', 'signer', 'image'];
