/** Failures by address, so that nobody tries tokens at leisure. */
export interface Failures {
  /** @returns the seconds until another failure is allowed; 0 if one is now */
  wait(address: string): number;
  record(address: string): void;
}

/** Failures that an address has at once, and the milliseconds in which one comes back. */
const BURST = 10;
const REFILL = 6_000;
/** Addresses that are remembered; beyond that the oldest are forgotten. */
const MOST = 10_000;

/** @param now a monotonic clock in milliseconds */
export function createFailures(now: () => number): Failures {
  // The time at which all failures of an address will have come back.
  const fullAt = new Map<string, number>();
  return {
    wait(address) {
      const over = (fullAt.get(address) ?? 0) - now() - (BURST - 1) * REFILL;
      return over <= 0 ? 0 : Math.ceil(over / 1000);
    },
    record(address) {
      const at = now();
      const next = Math.min(Math.max(fullAt.get(address) ?? 0, at) + REFILL, at + BURST * REFILL);
      fullAt.delete(address);
      fullAt.set(address, next);
      if (fullAt.size > MOST) for (const oldest of fullAt.keys()) return void fullAt.delete(oldest);
    },
  };
}
