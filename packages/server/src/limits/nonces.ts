/**
 * The nonces of requests: what a nonce is, who remembers it while it counts, and who records it so that it survives a
 * restart.
 */

/** Identifies a request, so that it is not accepted a second time (contract 2.9). */
export interface UsedNonce {
  /** Caller, certificate serial, nonce and timestamp in one text. Engines do not interpret it. */
  readonly key: string;
  /**
   * Unix seconds: the timestamp of the request plus `REQUEST_CLOCK_WINDOW` of apiv3. After that the request is too old
   * to be accepted, so its record may be deleted.
   */
  readonly expiresAt: number;
}

/** Remembers the requests that were made, so that none is accepted twice (contract 2.9). */
export interface NonceWindow {
  /** @returns false if the nonce is reserved already */
  reserve(nonce: UsedNonce): boolean | Promise<boolean>;
  /**
   * Records the reservation of a request that was refused for good, so that it survives a restart. The nonce of an
   * upload is recorded with the upload.
   */
  keep(nonce: UsedNonce): void | Promise<void>;
  /**
   * Releases a reservation, so that the request may be sent again. Never rejects; a nonce that cannot be released
   * expires.
   *
   * @param nonce the same object that was reserved, since another object stands for another reservation
   * @param settled whether the request was stored or kept, so that its record must be deleted as well
   */
  release(nonce: UsedNonce, settled: boolean): void | Promise<void>;
}

/**
 * Records the nonces of settled requests for a window in the memory of one process (limits/embedded). Nodes that share
 * a window do not need it.
 */
export interface NonceRecord {
  /**
   * Records the nonce of a request that was refused after authentication, so that it is not accepted later. The
   * nonce of an image's commit is recorded with the upload.
   */
  remember(nonce: UsedNonce): Promise<void>;
  /** Deletes a record, so that its request may be sent again: its response was lost or was not written completely. */
  forget(nonce: UsedNonce): Promise<void>;
  /**
   * Returns the recorded nonces in any order, to fill a window at the start. A nonce may appear twice.
   *
   * @param notBefore Unix seconds. Nonces that expired before this time are left out
   */
  usedNonces(notBefore: number): Promise<UsedNonce[]>;
}
