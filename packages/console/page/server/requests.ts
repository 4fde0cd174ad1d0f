import type { Text } from '@coupon-media/apiv3';
import { addressOf } from './address.js';
import type { ServerProblem } from './problem.js';
import { askSandbox } from './sandbox.js';

/** A request of the sandbox's journal, as the list has it. Every text of it was written by its sender. */
export interface SeenRequest {
  readonly number: number;
  readonly replayOf?: number;
  readonly at: string;
  readonly method: string;
  readonly url: string;
  readonly caller?: string;
  readonly outcome: string;
  readonly status?: number;
  readonly refusal?: string;
  readonly refusedIn?: string;
  readonly mistake?: Text;
  readonly fault?: { readonly rule: string };
  readonly upload?: { readonly filename?: string; readonly sha256?: string };
  readonly milliseconds: number;
}

/** The same with all that the sandbox knows of it. */
export interface OpenedRequest extends SeenRequest {
  readonly requestId?: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly isCut: boolean;
  readonly formFault?: string;
  readonly parts: readonly SeenPart[];
  /** The five lines, each with its line feed, that the signature should be over. */
  readonly signedMessage?: string;
  /** What a wrong signature is over, where it can be worked out. */
  readonly signedLines?: { readonly lines: readonly string[]; readonly message: string };
  readonly isAuthenticated: boolean;
  readonly sensitiveFields: readonly {
    readonly path: string;
    readonly text?: string;
    readonly fault?: Text;
  }[];
  readonly stages: readonly { readonly stage: string; readonly milliseconds: number }[];
  readonly response?: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly writtenWhole: boolean;
  };
}

export interface SeenPart {
  readonly name?: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Where it begins in the body; undefined if it is empty. */
  readonly offset?: number;
  readonly text?: string;
}

/**
 * Follows the journal: first what is kept, then each request as it ends. The browser connects again by itself, and then the journal is
 * given from its beginning, since a sandbox that was started again counts from 1.
 *
 * @returns a function that ends it
 */
export function followRequests(on: {
  begins(): void;
  heard(request: SeenRequest): void;
  away(): void;
}): () => void {
  const address = addressOf('sandbox/requests/events');
  address.search = 'after=0';
  const stream = new EventSource(address);
  stream.addEventListener('open', on.begins);
  stream.addEventListener('error', on.away);
  stream.addEventListener('message', ({ data }: MessageEvent<string>) =>
    on.heard(JSON.parse(data) as SeenRequest),
  );
  return () => stream.close();
}

/** @param sha256 64 lower-case hex digits. @returns the requests of the journal that brought this image, the oldest first */
export async function requestsOfImage(
  sha256: string,
  signal: AbortSignal,
): Promise<readonly SeenRequest[] | ServerProblem> {
  const answer = await askSandbox(`sandbox/requests?sha256=${sha256}`, { signal });
  if ('code' in answer) return answer;
  const { requests } = (await answer.json()) as { readonly requests: readonly SeenRequest[] };
  return requests;
}

export async function readRequest(
  number: number,
  signal: AbortSignal,
): Promise<OpenedRequest | ServerProblem> {
  const answer = await askSandbox(`sandbox/requests/${number}`, { signal });
  return 'code' in answer ? answer : ((await answer.json()) as OpenedRequest);
}

/** @returns its body, byte for byte */
export async function readBody(number: number): Promise<Uint8Array<ArrayBuffer> | ServerProblem> {
  const answer = await askSandbox(`sandbox/requests/${number}/body`);
  return 'code' in answer ? answer : new Uint8Array(await answer.arrayBuffer());
}

/** @returns a curl command that sends it again, without the value of its signature */
export async function readCurl(number: number): Promise<string | ServerProblem> {
  const answer = await askSandbox(`sandbox/requests/${number}/curl`);
  return 'code' in answer ? answer : answer.text();
}

/** @returns HAR 1.2 with this one request */
export async function readHar(number: number): Promise<string | ServerProblem> {
  const answer = await askSandbox(`sandbox/requests.har?number=${number}`);
  return 'code' in answer ? answer : answer.text();
}

/** @returns the new entry of the journal */
export async function replayRequest(number: number, resign: boolean): Promise<OpenedRequest | ServerProblem> {
  const answer = await askSandbox(`sandbox/requests/${number}/replay`, { method: 'POST', body: { resign } });
  return 'code' in answer ? answer : ((await answer.json()) as OpenedRequest);
}

export async function forgetRequests(): Promise<ServerProblem | undefined> {
  const answer = await askSandbox('sandbox/requests', { method: 'DELETE' });
  return 'code' in answer ? answer : undefined;
}
