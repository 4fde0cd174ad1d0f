/**
 * Seconds for which a node may use a run after it was seen to be the newest. After a new run has been registered, the
 * previous one accepts nothing any more when this time is over, even if it and a node cannot reach anybody else.
 */
export const LEASE = 2;

/** Milliseconds between renewals. */
const RENEWAL = 1_000;

/** The right of a node to use one run of Redis, renewed until the connection ends. */
export interface Lease {
  /** The end, in Unix seconds by the clock of that Redis. Its scripts compare it. */
  readonly until: number;
  /**
   * Renews it now, or waits for the renewal that is under way.
   *
   * @throws the error of PostgreSQL or of Redis, if it could not be renewed
   */
  renew(): Promise<void>;
  end(): void;
}

export interface LeaseOptions {
  /**
   * Returns Redis' clock in Unix seconds, or undefined if the run must not be used any more. It is asked before the
   * register, so that the lease begins early rather than late.
   */
  look(): Promise<number | undefined>;
  isNewest(): Promise<boolean>;
  /** The most milliseconds that a renewal may take until the connection is given up. */
  readonly deadline: number;
  /** Called when the run must not be used any more, or Redis is silent. */
  lost(): void;
}

/**
 * Takes a lease and keeps renewing it.
 *
 * @returns undefined if the run must not be used
 */
export async function takeLease({
  look,
  isNewest,
  deadline,
  lost,
}: LeaseOptions): Promise<Lease | undefined> {
  let until = 0;
  let renewing: Promise<boolean> | undefined;
  let begun = 0;

  async function extend(): Promise<boolean> {
    const now = await look();
    if (now === undefined || !(await isNewest())) return false;
    until = now + LEASE;
    return true;
  }

  async function renew(): Promise<void> {
    if (!renewing) begun = performance.now();
    renewing ??= extend().finally(() => {
      renewing = undefined;
    });
    if (!(await renewing)) lost();
  }

  if (!(await extend())) return undefined;
  const timer = setInterval(() => {
    if (renewing && performance.now() - begun > deadline) lost();
    // Without PostgreSQL the lease ends, and who needs it renews it and is told the reason.
    else renew().catch(() => undefined);
  }, RENEWAL);
  timer.unref();
  return {
    get until() {
      return until;
    },
    renew,
    end: () => clearInterval(timer),
  };
}
