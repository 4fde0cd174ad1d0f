/** How fast a run gets on, and how long it will take. */
export interface Pace {
  /** @param at milliseconds, of any clock that only goes forward */
  tick(at: number): void;
  /** Done a second, over the last while; undefined before there is anything to tell. */
  perSecond(at: number): number | undefined;
}

/** Milliseconds that a pace is taken over: long enough for retries to even out, short enough to follow a change. */
const WINDOW = 15_000;

export function createPace(start: number): Pace {
  let ticks: number[] = [];
  return {
    tick(at) {
      ticks.push(at);
    },
    perSecond(at) {
      ticks = ticks.filter((tick) => tick > at - WINDOW);
      const span = Math.min(at - start, WINDOW);
      return ticks.length === 0 || span < 500 ? undefined : (ticks.length * 1000) / span;
    },
  };
}

/** `0:07`, `12:34`, `1:02:03`. @param seconds whole or not */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const tail = `${h > 0 ? String(m).padStart(2, '0') : m}:${String(s).padStart(2, '0')}`;
  return h > 0 ? `${h}:${tail}` : tail;
}
