import { setTimeout as sleep } from 'node:timers/promises';
import { PNG, signedUpload } from '../support/exchange.js';
import type { Cluster } from './cluster.js';
import type { Journal } from './journal.js';
import { type Load, untilStopped } from './until-stopped.js';
import { createSender } from './verdict.js';

/** Sends uploads of the merchant with the quota to all nodes in turn, three times as many as allowed. */
export function startHurry({ credentials, hurried, nodes }: Cluster, journal: Journal): Load {
  const sender = createSender(credentials);
  const pause = 1000 / (hurried.quota * 3);
  const sending = new Set<Promise<void>>();
  let stopping = false;

  async function sendOne(number: number): Promise<void> {
    const node = nodes[number % nodes.length];
    if (!node) return;
    const to = { ...credentials, baseUrl: node.url };
    const answered = await sender.send(await signedUpload(to, { file: PNG, mchid: hurried.mchid }));
    journal.answers.push({ who: 'hurried', ...answered, node: node.name });
  }

  async function work(): Promise<void> {
    for (let number = 0; !stopping; number += 1) {
      const one = sendOne(number).finally(() => sending.delete(one));
      sending.add(one);
      await sleep(pause);
    }
    await Promise.all(sending);
  }

  const working = work();
  const stop = () => {
    stopping = true;
  };
  return untilStopped(working, stop, sender);
}

/** The comparison of admitted uploads with the quota. */
export interface QuotaResult {
  readonly allowed: number;
  /** What the quota permits over the time: its rate, and the initial burst. */
  readonly configured: number;
  /** The uploads above the quota in the worst period; 0 or less if there were none. */
  readonly beyond: number;
}

/**
 * Compares the admitted uploads with a bucket that holds twice the rate and is refilled at the rate. In no period may
 * there be more than the bucket plus its refill. A period lasts from the first request to the last response, because it
 * is not known when a node took from the bucket.
 */
export function judgeQuota({ answers }: Journal, rate: number, from: number, to: number): QuotaResult {
  const allowed = answers
    .filter(({ who, verdict, sentAt }) => who === 'hurried' && verdict === 'acknowledged' && sentAt >= from)
    .filter(({ answeredAt }) => answeredAt <= to)
    .sort((a, b) => a.sentAt - b.sentAt);
  const burst = 2 * rate;
  let beyond = Number.NEGATIVE_INFINITY;
  for (const [at, first] of allowed.entries())
    for (const [until, last] of allowed.slice(at).entries()) {
      const seconds = Math.max(0, last.answeredAt - first.sentAt) / 1000;
      beyond = Math.max(beyond, until + 1 - burst - rate * seconds);
    }
  return { allowed: allowed.length, configured: burst + (rate * (to - from)) / 1000, beyond };
}
