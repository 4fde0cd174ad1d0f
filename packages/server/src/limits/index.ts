export type { NonceWindow, UsedNonce } from './nonces.js';

/** How often a merchant may upload: a rate a second, and a burst of twice that (contract 6.1). */
export interface Quota {
  /**
   * @param id identifies the quota
   * @param rate uploads per second, with a burst of twice that
   * @returns 0 if the upload is within the quota, otherwise the seconds to wait
   */
  take(id: string, rate: number): number | Promise<number>;
}

/** Bounds the bytes in flight over all requests, whoever sends them (contract 5.12). Each process has its own. */
export interface InFlight {
  /**
   * Admits an upload whose sender is not authenticated yet. If there is no room, it waits briefly.
   *
   * @param declared the declared length of the body
   * @param onExpelled called once if the upload has to make room before its sender is authenticated; nothing of it may
   *   be kept then
   * @returns undefined if there was no room in time
   */
  enter(declared: number, onExpelled?: () => void): Promise<Permit | undefined>;
  /** Whether uploads that have arrived wait so long that another one would only make all of them wait longer. */
  isOverloaded(): boolean;
}

/** The permission to receive one upload. */
export interface Permit {
  /** Counts bytes as they arrive. */
  arrived(bytes: number): void;
  /**
   * Called when the sender is authenticated. From now on the upload does not make room for others, and for a moment it
   * counts for its declared length.
   *
   * @param holder the merchant of the upload
   * @returns false if there was no room in time, or the upload had to make room before
   */
  assign(holder: string): Promise<boolean>;
  /** Called when the whole upload has arrived: from now until it leaves, the sender waits for the service alone. */
  arrivedWhole(): void;
  /** Gives up the permit, once nothing of the upload is held any more. */
  leave(): void;
}
