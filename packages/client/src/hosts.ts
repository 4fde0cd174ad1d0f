import { OptionError } from './errors.js';

/** One attempt's use of a host. Exactly one of the three is to be called when it has ended. */
export interface HostLease {
  readonly host: string;
  succeeded(): void;
  failed(): void;
  /** The attempt was called off, and says nothing of the host. */
  released(): void;
}

/**
 * The hosts, main first, each with a circuit breaker. It steers and never refuses: where every host fails, the one that
 * rested longest is tried.
 */
export interface Hosts {
  /** @param avoid the host that this call failed on just now: another is taken where one is well */
  lease(avoid?: string): HostLease;
}

/** When a host is left, and for how long. */
export interface FailoverOptions {
  /** Failures in a row after which a host is left alone. Default 3. */
  afterFailures?: number | undefined;
  /** Milliseconds until one call tries it again. Default 30,000. */
  restMilliseconds?: number | undefined;
}

export interface HostsOptions extends FailoverOptions {
  /** Unix milliseconds. */
  now(): number;
  /** Told when a host is left (`open`), and when it is back (`closed`). */
  onChange?(host: string, state: 'open' | 'closed'): void;
}

/** @param origins main first, then backups */
export function createHosts(origins: readonly string[], options: HostsOptions): Hosts {
  const { afterFailures = 3, restMilliseconds = 30_000, now, onChange } = options;
  if (!(afterFailures >= 1)) throw new OptionError('failover.afterFailures', 'must be 1 or more');
  if (!(restMilliseconds > 0)) throw new OptionError('failover.restMilliseconds', 'must be more than 0');
  const all: Host[] = origins.map((origin) => ({ origin, failures: 0, restsUntil: 0, probed: false }));

  /** The main host; the backup when the main fails; back when it recovers (contract 6.3). */
  function choose(avoid: string | undefined): Host {
    // A host whose rest is over is tried by one call at a time; the others go where it is known to be well.
    const usable = all.filter((host) => !isOpen(host) || (host.restsUntil <= now() && !host.probed));
    const chosen =
      usable.find(({ origin }) => origin !== avoid) ??
      usable[0] ??
      all.reduce((a, b) => (b.restsUntil < a.restsUntil ? b : a));
    return chosen;
  }

  function isOpen({ failures }: Host): boolean {
    return failures >= afterFailures;
  }

  function succeed(host: Host): void {
    const wasOpen = isOpen(host);
    Object.assign(host, { failures: 0, restsUntil: 0, probed: false });
    if (wasOpen) onChange?.(host.origin, 'closed');
  }

  function fail(host: Host): void {
    const wasOpen = isOpen(host);
    host.failures += 1;
    host.probed = false;
    if (!isOpen(host)) return;
    host.restsUntil = now() + restMilliseconds;
    if (!wasOpen) onChange?.(host.origin, 'open');
  }

  return {
    lease(avoid) {
      const host = choose(avoid);
      if (isOpen(host)) host.probed = true;
      return {
        host: host.origin,
        succeeded: () => succeed(host),
        failed: () => fail(host),
        released: () => {
          host.probed = false;
        },
      };
    },
  };
}

interface Host {
  readonly origin: string;
  /** In a row. */
  failures: number;
  /** Unix milliseconds; counts only while the host is open. */
  restsUntil: number;
  /** Whether a call is trying it out. */
  probed: boolean;
}
