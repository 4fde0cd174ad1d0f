export type { NonceWindow, UsedNonce } from './nonces.js';

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
