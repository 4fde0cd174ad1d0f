import { createLine } from './line.js';

export interface BacklogOptions {
  /** Milliseconds that uploads may wait for the service. Default: 500. */
  readonly patience?: number;
  /**
   * How many may have waited longer than that: about as many as share a commit, and more than an engine that is slow, but not
   * overloaded, keeps from a few callers. Default: 64.
   */
  readonly late?: number;
  /** How many may wait at all, though never fewer than `late`. Default: no limit. */
  readonly most?: number;
  /** A monotonic clock in milliseconds. */
  readonly now?: () => number;
}

/** The uploads that have arrived whole and are not stored yet: what waits for the service, not for a sender. */
export interface Backlog {
  /** @returns a function that ends the wait; call it once */
  join(): () => void;
  /** Whether another upload would only make all of them wait longer. */
  isLong(): boolean;
}

/**
 * Tells overload by how long work waits, as CoDel does (RFC 8289), and not by how much there is: a burst that is carried
 * out in time is no overload, and a slow sender is none either, since its upload has not arrived.
 *
 * CoDel looks at the shortest wait of an interval, which is known only after those who came meanwhile wait as well. Here
 * the order of arrival is at hand, so that the age of the one in the place `late` says the same at once, and one upload that hangs says
 * nothing.
 */
export function createBacklog({
  patience = 500,
  late = 64,
  most = Number.POSITIVE_INFINITY,
  now = () => performance.now(),
}: BacklogOptions = {}): Backlog {
  const waiting = createLine<number>();
  const limit = Math.max(late, most);

  /** When the oldest but `late` began to wait. */
  function sinceOfLate(): number {
    let place = 0;
    for (const since of waiting) {
      if (place === late) return since;
      place += 1;
    }
    return Number.POSITIVE_INFINITY;
  }

  return {
    join: () => waiting.join(now()),
    isLong() {
      if (waiting.length() <= late) return false;
      return waiting.length() > limit || now() - sinceOfLate() > patience;
    },
  };
}
