/** The bytes of bodies that are in memory at a time, over all requests. */
export interface Room {
  /** @returns a function that gives the room back, or undefined if there is none */
  take(bytes: number): (() => void) | undefined;
}

/** @param limit bytes; one body is always admitted */
export function createRoom(limit: number): Room {
  let held = 0;
  return {
    take(bytes) {
      if (held > 0 && held + bytes > limit) return undefined;
      held += bytes;
      let isHeld = true;
      return () => {
        if (isHeld) held -= bytes;
        isHeld = false;
      };
    },
  };
}
