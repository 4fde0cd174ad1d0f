import { readFileSync } from 'node:fs';
import { clientRequests, cut } from './clients.js';
import type { RecordedRequest } from './exchange.js';
import { mistakeRequests } from './mistakes.js';
import { routeRequests } from './routes.js';
import { vectorRequests } from './vectors.js';
import { wireRequests } from './wire.js';

/** Every recorded request by its origin, in the order of sending: some read what others have stored. */
export function recordedRequests(): Readonly<Record<string, readonly RecordedRequest[]>> {
  return {
    clients: clientRequests(),
    vectors: vectorRequests(),
    mistakes: mistakeRequests(),
    routes: routeRequests(),
    wire: wireRequests(),
    fuzzed: fuzzedRequests(),
  };
}

/**
 * Kept as bytes, one character of the text per byte. The fuzzer's mutations keep growing, so a case of a seed would
 * become another request.
 */
function fuzzedRequests(): RecordedRequest[] {
  const cases: { label: string; request: string; waits?: true }[] = JSON.parse(
    readFileSync('e2e/recorded/fuzzed.json', 'utf8'),
  );
  return cases.map(({ label, request, ...more }) => ({
    label,
    ...cut(Buffer.from(request, 'latin1')),
    ...more,
  }));
}
