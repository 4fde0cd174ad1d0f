import { setTimeout as sleep } from 'node:timers/promises';
import type { Credentials } from '@coupon-media/sandbox';
import type { Journal, Settled } from './journal.js';
import type { Node } from './node.js';
import { type Load, untilStopped } from './until-stopped.js';
import { createSender } from './verdict.js';

/** Seconds. An older request is refused for its age alone and proves nothing. */
const YOUNG = 295;
/**
 * The number of the newest requests that are replayed first, since their nonces may still be on the way between
 * engines.
 */
const NEWEST = 20;

/**
 * An eavesdropper that replays requests with final responses to the other nodes, byte for byte. The odd ones have any
 * age, including those of clients whose clocks are ahead.
 */
export function startReplays(
  credentials: Credentials,
  nodes: readonly Node[],
  journal: Journal,
  pause = 50,
): Load {
  const sender = createSender(credentials);
  let stopping = false;

  async function work(): Promise<void> {
    for (let number = 0; !stopping; number += 1) {
      const settled = choose(journal.settled, number % 2 === 0 ? NEWEST : Number.POSITIVE_INFINITY);
      const others = nodes.filter(({ name }) => name !== settled?.node);
      const node = others[Math.floor(Math.random() * others.length)];
      if (settled && node) {
        const { pathname } = new URL(settled.signed.url);
        const answered = await sender.send({ ...settled.signed, url: node.url + pathname });
        journal.answers.push({ who: 'replay', ...answered });
      }
      await sleep(pause);
    }
  }

  const working = Promise.all([work(), work()]);
  const stop = () => {
    stopping = true;
  };
  return untilStopped(working, stop, sender);
}

function choose(settled: readonly Settled[], newest: number): Settled | undefined {
  const oldest = Math.floor(Date.now() / 1000) - YOUNG;
  const from = Math.max(0, settled.length - newest);
  const young = settled.slice(from).filter(({ timestamp }) => timestamp > oldest);
  return young[Math.floor(Math.random() * young.length)];
}
