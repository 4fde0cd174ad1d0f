/** Clients that work until they are stopped. */
export interface Load {
  /** Lets every client finish what it has begun. */
  stop(): Promise<void>;
}

/**
 * @param working ends, after `tell`, when all clients have ended
 * @param sender is closed then
 */
export function untilStopped(
  working: Promise<unknown>,
  tell: () => void,
  sender: { close(): Promise<void> },
): Load {
  // The result is awaited when the load stops.
  working.catch(() => {});
  return {
    async stop() {
      tell();
      await working;
      await sender.close();
    },
  };
}
