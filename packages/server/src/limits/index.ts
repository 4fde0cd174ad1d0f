/** What makes a request the same request (contract 2.9), as it is recorded. */
export interface RecordedNonce {
  /** Caller, certificate serial, nonce and timestamp in one text. */
  readonly key: string;
  /** Unix seconds after which the request is too old to be accepted anyway. */
  readonly expiresAt: number;
}

export interface UsedNonce extends RecordedNonce {
  /** Unix seconds: the request's own timestamp. */
  readonly signedAt: number;
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

/** How often a merchant may upload (contract 6.1). */
export interface Quota {
  /**
   * @param id whose quota
   * @param rate uploads a second, with a burst of twice that
   * @returns 0 where the upload is within it, else the seconds after which to try again
   */
  take(id: string, rate: number): number | Promise<number>;
}

/** Bounds the bytes of all uploads under way together, whoever sends them (contract 5.12). Each process has its own. */
export interface InFlight {
  /**
   * Takes a place for an upload; where there is no room, it is waited for, briefly.
   *
   * @param declared bytes that its body is said to have
   * @returns undefined where no room came
   */
  enter(declared: number): Promise<Place | undefined>;
}

/** An upload's place among those under way. */
export interface Place {
  /** To be told of bytes as they arrive. */
  arrived(bytes: number): void;
  /** Gives the place up, once nothing of the upload is held any more. */
  leave(): void;
}
