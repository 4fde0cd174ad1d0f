import { describe, expect, test } from 'vitest';
import { firstPace, type PaceState, slowDown, takeTurns } from '../dist/pace/arithmetic.js';

/** What a run of so many seconds against an upstream of 20 requests a second, with bursts of twice that (contract 6.1), made of them. */
function run(seconds: number, most: number | undefined) {
  const [perSecond, burst] = [20, 40];
  let state: PaceState = firstPace(most, 0);
  let tokens = burst;
  let filled = 0;
  const sent: { at: number; isRefused: boolean }[] = [];
  for (let now = 0; now < seconds * 1000; ) {
    const taken = takeTurns(state, 1, now, most);
    state = taken.state;
    now = Math.max(now, taken.first);
    tokens = Math.min(burst, tokens + ((now - filled) * perSecond) / 1000);
    filled = now;
    const isRefused = tokens < 1;
    if (isRefused) state = slowDown(state, now);
    else tokens -= 1;
    sent.push({ at: now, isRefused });
  }
  return sent;
}

describe('a pace', () => {
  test('that is set to 20 a second meets no 429 at all', () => {
    const sent = run(120, 20);
    expect(sent.filter(({ isRefused }) => isRefused)).toEqual([]);
    expect(sent.length).toBeGreaterThan(120 * 20 * 0.98);
  });

  test('that is to be found meets at most 2 % of 429, and uses 0.8 of what there is', () => {
    const sent = run(120, undefined);
    const refused = sent.filter(({ isRefused }) => isRefused).length;
    expect(refused / sent.length).toBeLessThanOrEqual(0.02);
    const last = sent.filter(({ at, isRefused }) => at >= 90_000 && !isRefused).length;
    expect(last / (30 * 20)).toBeGreaterThanOrEqual(0.8);
  });

  test('is not raised while nobody waits for it', () => {
    let state = firstPace(undefined, 0);
    for (let now = 0; now < 600_000; now += 5_000) state = takeTurns(state, 1, now).state;
    expect(state.rate).toBe(10);
  });

  test('is reduced once by refusals of the same moment, and never to nothing', () => {
    const state = firstPace(20, 0);
    const once = slowDown(state, 10_000);
    expect(once.rate).toBe(15);
    expect(slowDown(once, 10_500)).toBe(once);
    let least = once;
    for (let now = 20_000; now < 90_000; now += 1_000) least = slowDown(least, now);
    expect(least.rate).toBe(0.5);
  });

  test('goes back to what is set, and not beyond', () => {
    let state = slowDown(firstPace(20, 0), 1_000);
    for (let now = 1_000; now < 60_000; now = state.next - 1) state = takeTurns(state, 5, now, 20).state;
    expect(state.rate).toBe(20);
  });

  test('goes on after a clock was set back', () => {
    const ahead = takeTurns(firstPace(20, 3_600_000), 10, 3_600_000).state;
    expect(takeTurns(ahead, 1, 0).first).toBe(0);
  });
});
