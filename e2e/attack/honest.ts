import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Credentials } from '@coupon-media/sandbox';
import { png, sha256, signedUpload } from '../support/exchange.js';

/** What an honest client saw. */
export interface Seen {
  uploads: number;
  /** Milliseconds that each upload took. */
  times: readonly number[];
  /** Milliseconds. */
  median: number;
  /** Milliseconds. */
  slowest: number;
  /** Of uploads and probes that were not answered as they should have been: what came instead, and how often. */
  failed: Map<string, number>;
  probes: number;
  /** Pictures that were answered for as stored, by their digests. */
  stored: string[];
}

/** Milliseconds between one upload's end and the next one. */
const PAUSE = 40;
/** Milliseconds after which an honest client gives up. */
const PATIENCE = 15_000;

/**
 * Uploads one picture after another, 10 KiB and 200 KiB in turn, and asks for a probe after each fifth; every one on a connection of
 * its own, which is the hardest.
 *
 * @param service where probes are asked: the node itself
 */
export async function uploadHonestly(
  credentials: Credentials,
  front: number,
  service: number,
  signal: AbortSignal,
): Promise<Seen> {
  const times: number[] = [];
  const seen: Seen = { uploads: 0, times, median: 0, slowest: 0, failed: new Map(), probes: 0, stored: [] };
  const fail = (what: string) => void seen.failed.set(what, (seen.failed.get(what) ?? 0) + 1);
  while (!signal.aborted) {
    const file = png(1, 1, randomBytes(seen.uploads % 2 === 0 ? 10_240 : 204_800));
    const { url, headers, body } = await signedUpload(credentials, { file });
    const began = performance.now();
    const status = await ask(front, 'POST', new URL(url).pathname, headers, body);
    times.push(performance.now() - began);
    seen.uploads += 1;
    if (status === '200') seen.stored.push(sha256(file));
    else fail(`upload ${status}`);
    if (seen.uploads % 5 === 0) {
      seen.probes += 1;
      const health = await ask(service, 'GET', '/healthz', {}, undefined);
      if (health !== '200') fail(`/healthz ${health}`);
    }
    await sleep(PAUSE);
  }
  return { ...seen, median: medianOf(times), slowest: Math.max(0, ...times) };
}

/** @returns 0 of none */
export function medianOf(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[times.length >> 1] ?? 0;
}

/** @returns the status, or why there is none */
function ask(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string>,
  body: Buffer | undefined,
): Promise<string> {
  const agent = new Agent({ keepAlive: false });
  return new Promise((resolve) => {
    const sent = request({ port, host: '127.0.0.1', method, path, headers, agent }, (response) => {
      response.resume();
      response.once('end', () => resolve(String(response.statusCode)));
      response.once('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)));
    });
    sent.setTimeout(PATIENCE, () => sent.destroy(Object.assign(new Error(), { code: 'no answer' })));
    sent.once('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)));
    sent.end(body);
  });
}
