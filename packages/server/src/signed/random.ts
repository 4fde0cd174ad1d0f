import { randomBytes, randomUUID } from 'node:crypto';

/** All that the service leaves to chance while it serves. */
export interface Random {
  /** @returns 32 lower-case hex digits, never the same twice: of request ids, and of the nonces that responses are signed with */
  id(): string;
  /** @returns so many bytes: of the nonces that certificates are encrypted with */
  bytes(count: number): Buffer;
}

/** Node's. Ids are UUIDs, since Node fetches their randomness for many at a time: 16 random bytes cost 6 µs more. */
export const systemRandom: Random = {
  id: () => randomUUID().replaceAll('-', ''),
  bytes: randomBytes,
};

/** @returns the first half of a `Request-ID`: 32 upper-case hex digits, before the internal error code (contract 3.3) */
export function newRequestId(random: Pick<Random, 'id'>): string {
  return random.id().toUpperCase();
}
