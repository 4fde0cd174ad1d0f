import { OptionError } from './errors.js';

/** The use of a host by one attempt. Call exactly one of the three methods when the attempt has ended. */
export interface HostLease {
  readonly host: string;
  succeeded(): void;
  failed(): void;
  /** The attempt was cancelled and says nothing about the host. */
  released(): void;
}

/**
 * The hosts, main first, each with a circuit breaker. A host is always chosen: if every breaker is open, it is the host whose
 * pause ends first.
 */
export interface Hosts {
  /** @param avoid the host on which this call just failed; another is chosen if one is available */
  lease(avoid?: string): HostLease;
}

/** When a host is no longer used, and for how long. */
export interface FailoverOptions {
  /** Consecutive failures after which a host is not used for a while. Default 3. */
  afterFailures?: number | undefined;
  /** Milliseconds after which one call tries the host again. Default 30,000. */
  restMilliseconds?: number | undefined;
}

export interface HostsOptions extends FailoverOptions {
  /** Unix milliseconds. */
  now(): number;
  /** Called when the breaker of a host opens, and when it closes. */
  onChange?(host: string, state: 'open' | 'closed'): void;
}

/** @param origins main first, then backups */
export function createHosts(origins: readonly string[], options: HostsOptions): Hosts {
  const { afterFailures = 3, restMilliseconds = 30_000, now, onChange } = options;
  if (!(afterFailures >= 1))
    throw new OptionError('failover.afterFailures', { 'zh-CN': '应不小于 1', en: 'must be 1 or more' });
  if (!(restMilliseconds > 0))
    throw new OptionError('failover.restMilliseconds', { 'zh-CN': '应大于 0', en: 'must be more than 0' });
  const all: Host[] = origins.map((origin) => ({ origin, failures: 0, restsUntil: 0, probed: false }));

  /** The main host; the backup when the main fails; back when it recovers (contract 6.3). */
  function choose(avoid: string | undefined): Host {
    // After its pause, one call at a time tries a host; the other calls use hosts that are known to work.
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
  /** Consecutive failures. */
  failures: number;
  /** Unix milliseconds; used only while the breaker is open. */
  restsUntil: number;
  /** Whether a call is trying the host. */
  probed: boolean;
}
