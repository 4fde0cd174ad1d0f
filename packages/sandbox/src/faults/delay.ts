import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Response, Writer } from '@coupon-media/server';
import { ended, flushed } from './written.js';

/** How long responses are delayed, in milliseconds. */
export type DelayDistribution =
  | { readonly type: 'fixed'; readonly milliseconds: number }
  | { readonly type: 'uniform'; readonly lower: number; readonly upper: number }
  | {
      readonly type: 'lognormal';
      /** Half of the delays are shorter. */
      readonly median: number;
      /** The standard deviation of the logarithm: 0.1 is a short tail, 1 a long one. */
      readonly sigma: number;
      readonly maxValue?: number | undefined;
    };

/** A body that is written in so many pieces, evenly over so many milliseconds. */
export interface DribbleDelay {
  readonly numberOfChunks: number;
  readonly totalDuration: number;
}

/** Milliseconds: the longest delay. */
export const LONGEST_DELAY = 600_000;

/**
 * Draws a delay.
 *
 * @param draw gives a number from 0 up to 1
 * @returns milliseconds
 */
export function drawnDelay(distribution: DelayDistribution, draw: () => number): number {
  switch (distribution.type) {
    case 'fixed':
      return distribution.milliseconds;
    case 'uniform':
      return distribution.lower + draw() * (distribution.upper - distribution.lower);
    case 'lognormal': {
      const { median, sigma, maxValue = LONGEST_DELAY } = distribution;
      // The Box–Muller transform; 1 - u is never 0, of which there is no logarithm.
      const normal = Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
      return Math.min(median * Math.exp(sigma * normal), maxValue);
    }
  }
}

/** Waits, at most until the sandbox stops or the connection closes. */
export async function wait(
  milliseconds: number,
  stopping: AbortSignal,
  response?: ServerResponse,
): Promise<void> {
  if (milliseconds <= 0 || response?.closed) return;
  const closed = new AbortController();
  const close = (): void => closed.abort();
  response?.once('close', close);
  const signal = AbortSignal.any([stopping, closed.signal]);
  await sleep(milliseconds, undefined, { signal }).catch(() => {});
  response?.off('close', close);
}

/** @returns a writer of a response whose body drips */
export function dribble(
  { status, headers, body }: Response,
  { numberOfChunks, totalDuration }: DribbleDelay,
  stopping: AbortSignal,
): Writer {
  return async (response) => {
    const bytes = Buffer.from(body);
    const size = Math.max(1, Math.ceil(bytes.length / numberOfChunks));
    response.writeHead(status, headers);
    for (let at = 0; at < bytes.length && !response.closed; at += size) {
      await flushed(response, bytes.subarray(at, at + size));
      await wait(totalDuration / numberOfChunks, stopping, response);
    }
    return ended(response);
  };
}
