import { describe, expect, it } from 'vitest';
import { createBacklog } from '../../dist/limits/backlog.js';

/** A backlog by a clock of milliseconds that the test sets. */
function clocked(options: { patience?: number; late?: number; most?: number }) {
  const clock = { at: 0 };
  return { clock, backlog: createBacklog({ ...options, now: () => clock.at }) };
}

describe('the backlog', () => {
  it('is long when more uploads than may be late have waited too long', () => {
    const { clock, backlog } = clocked({ patience: 100, late: 2 });
    const ends = [1, 2, 3].map(() => backlog.join());
    clock.at = 100;
    expect(backlog.isLong()).toBe(false);
    clock.at = 101;
    expect(backlog.isLong()).toBe(true);
    ends[0]?.();
    expect(backlog.isLong()).toBe(false);
  });

  it('is not long because of a burst that has not waited yet, nor of an upload that hangs', () => {
    const { clock, backlog } = clocked({ patience: 100, late: 2 });
    backlog.join();
    clock.at = 10_000;
    for (let burst = 0; burst < 1000; burst += 1) backlog.join();
    expect(backlog.isLong()).toBe(false);
    clock.at += 101;
    expect(backlog.isLong()).toBe(true);
  });

  it('is long when more wait than may wait at all, though not while fewer wait than may be late', () => {
    const { backlog } = clocked({ late: 2, most: 3 });
    for (let upload = 0; upload < 3; upload += 1) backlog.join();
    expect(backlog.isLong()).toBe(false);
    backlog.join();
    expect(backlog.isLong()).toBe(true);
    const small = clocked({ late: 2, most: 1 }).backlog;
    small.join();
    small.join();
    expect(small.isLong()).toBe(false);
  });
});
