import type { ImageKind, UploadEndpointName } from '@coupon-media/apiv3';
import type { RecordedChange } from '@coupon-media/door';
import type { Addition, Row, Statement } from '@coupon-media/server/engine';

/** What is uploaded once: the same bytes for the same account and endpoint. */
export interface UploadKey {
  /** The name of the upstream account. */
  readonly account: string;
  readonly endpoint: UploadEndpointName;
  /** 64 lower-case hex digits. */
  readonly sha256: string;
}

/** An image that a caller wants the URL of. Its bytes are in the image store. */
export interface Wish extends UploadKey {
  readonly kind: ImageKind;
  /** The filename that goes upstream: that of the caller who came first. */
  readonly filename: string;
  readonly bytes: number;
  /** Pixels; undefined of an upload that was made without the relay. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** The slot of a coupon that it was prepared for. */
  readonly slot?: string | undefined;
  /** What preparation changed. Default: nothing. */
  readonly changes?: readonly RecordedChange[] | undefined;
  /** Whose turn it takes: an mchid, or the public id of a token. */
  readonly caller: string;
  /** Unix milliseconds. */
  readonly since: number;
}

/** What upstream gave for a key. It never changes, unless it is forgotten. */
export interface Recorded extends UploadKey {
  /** The URL, or the media_id of an endpoint that answers with one. */
  readonly value: string;
  /** The whole Request-ID of upstream's response. */
  readonly upstreamRequestId: string;
  /** Unix milliseconds. */
  readonly at: number;
}

/** A pending upload that one node has taken, until a moment. */
export interface Claim extends Wish {
  /** Proves that this node holds the claim: a claim that has ended and was taken by another has another number. */
  readonly number: number;
  /** Attempts before this one. */
  readonly attempts: number;
}

/** Where a pending upload stands. Callers take turns, so what is before it is as many uploads of each caller as of its own. */
export interface Place {
  /** Pending uploads of its caller up to this one, itself included. */
  readonly own: number;
  /** Callers of the account that have pending uploads. */
  readonly callers: number;
}

/** How an upload ended: with a value, or with a refusal of upstream as JSON. */
export type Settled = Recorded | { readonly refusal: string };

/** A wish that is durable if its image is. */
export interface WishWithImage {
  /** What adds it to the commit of the image. */
  wishing(wish: Wish): Addition;
  /**
   * Takes the wish once that commit is durable. Whoever has called `wishing` calls it, whatever becomes of the caller.
   *
   * @param rows what its statement returned
   * @returns as `wish`
   */
  wished(wish: Wish, rows: readonly Row[]): Promise<Recorded | undefined>;
}

/** Whoever waits for a key. */
export interface Follower {
  /** Called once: the key is recorded, or refused. */
  settled(settled: Settled): void;
  /** Called when the upload is given back, with the reason, perhaps several times for one. */
  returned?(reason: string): void;
}

/**
 * The uploads that are to be done and those that are done, for one process or for many nodes. Once a promise has resolved, the change
 * is durable.
 */
export interface Outbox {
  recorded(key: UploadKey): Promise<Recorded | undefined>;
  /**
   * Adds a wish, unless its key is pending or recorded. One that is pending for a caller who has many gets the turn of the other caller,
   * if that comes first.
   *
   * @returns what is recorded, or undefined if it is pending
   */
  wish(wish: Wish): Promise<Recorded | undefined>;
  /** Adds a wish in the commit of its image. Absent on many nodes, where one statement gives several wishes their turns. */
  readonly withImage?: WishWithImage;
  /**
   * Takes pending uploads of one account whose time has come. Callers take turns, across all nodes: each gets an equal share of the claims,
   * however many wishes it has. Accounts are claimed apart, since each has a pace of its own.
   *
   * @param until Unix milliseconds at which the claims end by themselves
   */
  claim(account: string, most: number, until: number): Promise<readonly Claim[]>;
  /** @returns false if the claim has ended and another node has it */
  renew(claim: Claim, until: number): Promise<boolean>;
  /**
   * Records what upstream gave, whoever has the claim by now: an answer that was verified is never lost. What was recorded first stands.
   * If the store is away it rejects, and is called again; in one folder the claim does not end meanwhile.
   *
   * @param beside statements of the same commit, for the audit
   */
  record(
    claim: Claim,
    result: Omit<Recorded, keyof UploadKey>,
    beside?: readonly Statement[],
  ): Promise<Recorded>;
  /**
   * Gives the claim back. Who waits for the key, on whichever node, receives the reason, and goes on waiting.
   *
   * @param notBefore Unix milliseconds of the next attempt
   */
  retry(claim: Claim, notBefore: number, reason: string): Promise<void>;
  /**
   * Ends a pending upload that upstream refuses for good; its callers receive the refusal. The next wish of the key is a new one.
   *
   * @param beside statements of the same commit, for the audit
   */
  refuse(claim: Claim, refusal: string, beside?: readonly Statement[]): Promise<void>;
  /**
   * Calls back when a key is recorded or refused, by whichever node, and when its upload is given back. It is called before the wish, so
   * that nothing is missed that happens in between.
   *
   * @returns ends it
   */
  follow(key: UploadKey, follower: Follower): () => void;
  /** Makes the next upload of a key go upstream. @returns false if nothing was recorded */
  forget(key: UploadKey): Promise<boolean>;
  /** @returns the number of pending uploads and the Unix milliseconds of the oldest */
  backlog(): Promise<{ readonly pending: number; readonly oldest: number | undefined }>;
  /** @returns where a pending upload stands, for a Retry-After that holds; undefined if it is not pending */
  place(key: UploadKey): Promise<Place | undefined>;
  close(): Promise<void>;
}
