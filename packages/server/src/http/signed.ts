import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Outcome } from '../upload/outcome.js';
import { awaitsContinue, writeAnswer } from './exchange.js';
import { newRequestId } from './request-id.js';

/** A signed request as HTTP brings it. */
export interface SignedRequest {
  readonly requestId: string;
  /** Path and query, exactly as sent. */
  readonly url: string;
  /** Looks a header up by its lower-case name. */
  header(name: string): string | undefined;
  /** Opens the body: a sender that waits to be told (`Expect: 100-continue`) is told to go on. */
  body(): IncomingMessage;
}

/** How a kind of request is logged. */
export interface RequestLog<Success> {
  readonly log: Logger;
  /** What it is. */
  readonly message: string;
  /** What is said of one that was done. */
  describe(success: Success): object;
}

/**
 * Answers a signed request, settles it by whether the answer was written out, and logs one line.
 *
 * @param handle gives undefined where the sender went away before the body's end
 */
export async function answerSigned<Success>(
  request: IncomingMessage,
  response: ServerResponse,
  { log, message, describe }: RequestLog<Success>,
  handle: (request: SignedRequest) => Promise<Outcome<Success> | undefined>,
): Promise<void> {
  const requestId = newRequestId();
  const began = performance.now();
  let continued = !awaitsContinue(request);
  const outcome = await handle({
    requestId,
    url: request.url ?? '',
    header: (name) => headerOf(request, name),
    body: () => {
      if (!continued) response.writeContinue();
      continued = true;
      return request;
    },
  });
  if (!outcome) {
    log.info({ requestId }, `${message}: the sender went away`);
    return;
  }
  const writtenWhole = await writeAnswer(request, response, outcome.answer, continued);
  await outcome.settle(writtenWhole);
  const millis = Math.round(performance.now() - began);
  // What a line says comes from us or was bounded by a check; no key, signature or byte is in it.
  const { answer, merchant, refusal, success } = outcome;
  const line = {
    requestId,
    merchant,
    status: answer.status,
    refusal: refusal?.refusal,
    writtenWhole,
    millis,
  };
  if (answer.status >= 500) log.error({ ...line, err: refusal?.cause }, message);
  else log.info({ ...line, ...(success !== undefined && describe(success)) }, message);
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
