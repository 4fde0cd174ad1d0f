/**
 * The nonces of requests, all there is to say of them: what one is, who remembers it while it counts, and who records it so that
 * it outlives a process.
 */

/** What makes a request the same request (contract 2.9). */
export interface UsedNonce {
  /** Caller, certificate serial, nonce and timestamp in one text. Opaque to engines. */
  readonly key: string;
  /**
   * Unix seconds after which the request is too old to be accepted anyway: its own timestamp and apiv3's
   * `REQUEST_CLOCK_WINDOW`. What was recorded of it may be gone from then on.
   */
  readonly expiresAt: number;
}

/** Remembers which requests were made, so that none is accepted twice (contract 2.9). */
export interface NonceWindow {
  /** @returns false where it was reserved before */
  reserve(nonce: UsedNonce): boolean | Promise<boolean>;
  /** The request was refused for good: the reservation also outlives the process. An upload's is recorded with it. */
  keep(nonce: UsedNonce): void | Promise<void>;
  /**
   * Forgets a reservation: the request may be sent again. Never rejects: where it cannot be forgotten, it expires.
   *
   * @param nonce the very object that was reserved: another reservation's is not released by it
   * @param settled whether the request was stored, or kept: then its record goes, too
   */
  release(nonce: UsedNonce, settled: boolean): void | Promise<void>;
}

/**
 * Records the nonces of requests that were settled, for a window in one process's memory (limits/embedded). Nodes that share a
 * window need none.
 */
export interface NonceRecord {
  /**
   * Records the nonce of a request that was refused after it was authenticated: it must not be accepted later either
   * (contract 2.9). What an image's commit was given is recorded with the upload.
   */
  remember(nonce: UsedNonce): Promise<void>;
  /** Takes a record back: its request may be sent again (contract 2.9: not answered, or not written out whole). */
  forget(nonce: UsedNonce): Promise<void>;
  /**
   * The nonces recorded and not taken back, in no order, to fill a window with at start. A nonce may come twice.
   *
   * @param notBefore Unix seconds: those that expired before are left out
   */
  usedNonces(notBefore: number): Promise<UsedNonce[]>;
}
