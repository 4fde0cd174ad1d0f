import type { ServiceProcess } from './service.js';

/** MiB that a warm service may gain: the nonces of the last minutes are kept, and caches fill. */
const MAY_GAIN = 96;
/** MiB that it may occupy at all. */
const MAY_OCCUPY = 640;

/**
 * Compares the middle of the run's second quarter with that of its last.
 *
 * @param samples MiB, evenly spaced
 */
export function growthOf(samples: readonly number[]): {
  first: number;
  warm: number;
  last: number;
  growth: string | undefined;
} {
  const quarter = Math.ceil(samples.length / 4);
  const warm = median(samples.slice(quarter, 2 * quarter));
  const last = median(samples.slice(-quarter));
  const grew = last - warm > MAY_GAIN || Math.max(...samples) > MAY_OCCUPY;
  return {
    first: samples[0] ?? 0,
    warm,
    last,
    growth: grew ? `memory grew from ${warm} to ${last} MiB, at most ${Math.max(...samples)}` : undefined,
  };
}

/** Samples once a second. @returns a function that stops it and gives the samples */
export function watchMemory({ memory }: ServiceProcess): () => number[] {
  const samples = [memory()];
  const timer = setInterval(() => samples.push(memory()), 1000);
  return () => {
    clearInterval(timer);
    return [...samples, memory()];
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
