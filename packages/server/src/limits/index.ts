export type { NonceWindow, UsedNonce } from './nonces.js';

/** How often a merchant may upload: a rate a second, and a burst of twice that (contract 6.1). */
export interface Quota {
  /**
   * @param id whose quota
   * @param rate uploads a second, with a burst of twice that
   * @returns 0 where the upload is within it, else the seconds after which to try again
   */
  take(id: string, rate: number): number | Promise<number>;
}

/** Bounds the bytes in flight over all requests, whoever sends them (contract 5.12). Each process has its own. */
export interface InFlight {
  /**
   * Takes a place for an upload of which nothing is proven yet; where there is no room, it is waited for, briefly.
   *
   * @param declared bytes that its body is said to have
   * @param onExpelled called once where the upload has to make room for others before it is proven: nothing of it is to be kept
   * @returns undefined where no room came
   */
  enter(declared: number, onExpelled?: () => void): Promise<Place | undefined>;
}

/** An upload's place among those under way. */
export interface Place {
  /** Counts bytes as they arrive. */
  arrived(bytes: number): void;
  /**
   * The sender is proven: from now on the upload makes no room, and what it declares is believed for a moment.
   *
   * @param holder whose it is
   * @returns false where no room came, or the upload had to make room before
   */
  prove(holder: string): Promise<boolean>;
  /** Gives the place up, once nothing of the upload is held any more. */
  leave(): void;
}
