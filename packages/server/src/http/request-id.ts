import { randomUUID } from 'node:crypto';

/** @returns the first half of a `Request-ID`: 32 upper-case hex digits (contract 3.3) */
export function newRequestId(): string {
  return randomUUID().replaceAll('-', '').toUpperCase();
}
