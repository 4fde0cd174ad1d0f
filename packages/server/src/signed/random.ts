import { randomBytes, randomUUID } from 'node:crypto';

/** The only source of randomness of a running service. */
export interface Random {
  /** @returns 32 lower-case hex digits that never repeat, for request ids and for the nonces of signed responses */
  id(): string;
  /** @returns this many random bytes, for the nonces that encrypt certificates */
  bytes(count: number): Buffer;
}

/**
 * The randomness of Node. Ids are UUIDs because Node fetches the randomness of many UUIDs at once; 16 random bytes
 * would cost 6 µs more.
 */
export const systemRandom: Random = {
  id: () => randomUUID().replaceAll('-', ''),
  bytes: randomBytes,
};

/** @returns the first half of a `Request-ID`: 32 upper-case hex digits, before the internal error code (contract 3.3) */
export function newRequestId(random: Pick<Random, 'id'>): string {
  return random.id().toUpperCase();
}
