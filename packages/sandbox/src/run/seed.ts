import { createHash } from 'node:crypto';
import { type Random, systemRandom } from '@coupon-media/server';

/** The randomness of a sandbox: request ids, nonces of signed responses, and the nonces of its clients. */
export interface SeededRandom extends Random {
  /** A nonce of a client: 32 characters. */
  nonce(): string;
  /** Begins again, so that the same values follow. Without a seed it does nothing. */
  restart(): void;
}

/** @param seed undefined: the randomness of Node */
export function createRandom(seed: string | undefined): SeededRandom {
  if (seed === undefined) return { ...systemRandom, nonce: systemRandom.id, restart() {} };
  const drawn = new Map<string, number>();
  /** Each use has a sequence of its own, so that one more id does not change the nonces. */
  function next(use: string): Buffer {
    const count = (drawn.get(use) ?? 0) + 1;
    drawn.set(use, count);
    return createHash('sha256').update(`${seed} ${use} ${count}`).digest();
  }
  return {
    id: () => next('id').toString('hex', 0, 16),
    bytes(count) {
      const blocks: Buffer[] = [];
      for (let length = 0; length < count; length += 32) blocks.push(next('bytes'));
      return Buffer.concat(blocks, count);
    },
    nonce: () => next('nonce').toString('hex', 0, 16),
    restart: () => drawn.clear(),
  };
}
