/** Memory that all drafts of a store share. Without it, an image above 64 KiB is spooled. */
export interface HeldMemory {
  /** @returns whether there was room for these bytes; if not, nothing was taken */
  take(bytes: number): boolean;
  release(bytes: number): void;
}

/**
 * Lets images stay in memory until they are stored, for engines that send them over a network: there a file would only be
 * written to be read again. Once the limit is reached, further images are spooled, so that many slow senders cost no more
 * memory than this.
 *
 * @param limit bytes
 */
export function createHeldMemory(limit: number): HeldMemory {
  let taken = 0;
  return {
    take(bytes) {
      if (taken + bytes > limit) return false;
      taken += bytes;
      return true;
    },
    release(bytes) {
      taken -= bytes;
    },
  };
}
