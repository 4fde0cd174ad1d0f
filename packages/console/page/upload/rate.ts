import { computed, signal } from '@preact/signals';
import { counts } from './items.js';

/** Uploads per second of the last half minute, and what that leaves; undefined before two arrived or when nothing is sent. */
export const rate = computed(() => {
  const { waiting, sending } = counts.value;
  const left = waiting + sending;
  const [first] = times.value;
  const last = times.value.at(-1);
  if (left === 0 || first === undefined || last === undefined || last <= first) return undefined;
  const perSecond = (1000 * (times.value.length - 1)) / (last - first);
  return { perSecond, seconds: Math.ceil(left / perSecond) };
});

/** Forgets the rate of an earlier run: a pause is no slowness. */
export function begin(): void {
  times.value = [];
}

/** Counts an upload that arrived. */
export function arrived(now: number = performance.now()): void {
  times.value = [
    ...times
      .peek()
      .filter((time) => time > now - WINDOW)
      .slice(-MOST),
    now,
  ];
}

const WINDOW = 30_000;
/** Enough for a mean, and few enough to copy them at each. */
const MOST = 200;
const times = signal<readonly number[]>([]);
