import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { RecordedRequest, RecordedResponse } from './exchange.js';

/** The recorded response to a request. */
export interface Entry {
  /** The digest of the request's bytes. If they changed, its response says nothing about the service. */
  request: string;
  /** The digest of all bytes received. */
  response: string;
  connection: RecordedResponse['connection'];
}

/** `responses` has the text behind each digest, as lines to read and compare. */
export interface Responses {
  requests: Record<string, Entry>;
  responses: Record<string, string[]>;
}

const FILE = 'e2e/recorded/responses.json';

export function readResponses(): Responses {
  return JSON.parse(readFileSync(FILE, 'utf8'));
}

/** One line per request, so that a few changes are a few lines. */
export function writeResponses({ requests, responses }: Responses): void {
  const entries = Object.entries(requests).map((entry) =>
    entry.map((half) => JSON.stringify(half)).join(': '),
  );
  const texts = JSON.stringify(responses, null, 1).replaceAll('\n', '\n ');
  writeFileSync(FILE, `{\n "requests": {\n  ${entries.join(',\n  ')}\n },\n "responses": ${texts}\n}\n`);
}

export function addResponse(
  { requests, responses }: Responses,
  request: RecordedRequest,
  { bytes, connection }: RecordedResponse,
): void {
  const { label, head, body = Buffer.alloc(0), waits, halfCloses, write } = request;
  if (requests[label]) throw new Error(`there are two recorded requests "${label}"`);
  const response = digest(bytes);
  const manner = JSON.stringify({ waits, halfCloses, write });
  requests[label] = {
    request: digest(Buffer.from(head, 'latin1'), body, manner).slice(0, 16),
    response,
    connection,
  };
  responses[response] ??= readable(bytes);
}

/** Bytes of a response that are kept completely. Of a longer one only the head is kept. */
const WHOLE = 2500;

function readable(bytes: Buffer): string[] {
  if (bytes.length <= WHOLE) return bytes.toString().split('\r\n');
  const head = bytes.subarray(0, bytes.indexOf('\r\n\r\n') + 4);
  return [...head.toString().split('\r\n').slice(0, -1), `(${bytes.length - head.length} bytes more)`];
}

function digest(...pieces: (Buffer | string)[]): string {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}
