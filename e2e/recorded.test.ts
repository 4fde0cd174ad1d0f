import { afterAll, beforeAll, expect, test } from 'vitest';
import { openExchange, type RecordedRequest, type RecordedResponse } from './recorded/exchange.js';
import { recordedRequests } from './recorded/requests.js';
import {
  addResponse,
  type Entry,
  type Responses,
  readResponses,
  writeResponses,
} from './recorded/responses.js';
import { type FrozenService, startFrozenService } from './recorded/service.js';

// The wire changes only on purpose (recorded/README.md).
const isRecording = process.env.TEST_RECORD === '1';

const sources = recordedRequests();
const now: Responses = { requests: {}, responses: {} };

let service: FrozenService;
let exchange: (request: RecordedRequest) => Promise<RecordedResponse>;
beforeAll(async () => {
  service = await startFrozenService();
  exchange = await openExchange(service.port);
});
afterAll(async () => {
  await service.end();
  if (isRecording) writeResponses(now);
});

test.each(Object.keys(sources))(
  '%s: answered as recorded, byte for byte',
  { timeout: 120_000 },
  async (source) => {
    const requests = sources[source] ?? [];
    for (const request of requests) addResponse(now, request, await exchange(request));
    if (isRecording) return;
    const recorded = readResponses();
    const labels = requests.map(({ label }) => label);
    const differing = labels.filter((label) => !isSame(now.requests[label], recorded.requests[label]));
    expect(told(now, differing)).toEqual(told(recorded, differing));
  },
);

test('there are as many as were recorded, and none besides', () => {
  const known = isRecording ? now : readResponses();
  const labels = Object.values(sources).flatMap((requests) => requests.map(({ label }) => label));
  expect(Object.keys(known.requests)).toEqual(labels);
  expect(labels.length).toBeGreaterThanOrEqual(300);
});

function isSame(one: Entry | undefined, other: Entry | undefined): boolean {
  return (
    one?.request === other?.request &&
    one?.response === other?.response &&
    one?.connection === other?.connection
  );
}

/** Describes a difference: each request with its complete response. */
function told({ requests, responses }: Responses, labels: readonly string[]) {
  return labels.map((label) => {
    const entry = requests[label];
    return { label, ...entry, text: responses[entry?.response ?? ''] };
  });
}
