import { readFileSync } from 'node:fs';
import { clientRequests, cut } from './clients.js';
import type { RecordedRequest } from './exchange.js';
import { mistakeRequests } from './mistakes.js';
import { routeRequests } from './routes.js';
import { vectorRequests } from './vectors.js';
import { wireRequests } from './wire.js';

/** Every request of the record by where it is from, in the order in which they are sent: what is stored by one is read by another. */
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

/** Kept as bytes, a character of the text a byte: the fuzzer's mutations go on growing, and a case of a seed is then another request. */
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
