import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { type Course, createCourse } from '../signed/trace.js';
import type { Outcome } from '../signed/outcome.js';
import { awaitsContinue, writeAnswer } from './exchange.js';
import type { Observers, RequestEnd, RequestKind } from '../observe/observers.js';
import { newRequestId } from './request-id.js';

/** A signed request as HTTP brings it. */
export interface SignedRequest {
  readonly requestId: string;
  /** Path and query, exactly as sent. */
  readonly url: string;
  /** To be told of the stages that it goes through. */
  readonly course: Course;
  /** Looks a header up by its lower-case name. */
  header(name: string): string | undefined;
  /** Opens the body: a sender that waits to be told (`Expect: 100-continue`) is told to go on. */
  body(): IncomingMessage;
}

/** Who is told of a kind of request, and how it is logged. */
export interface RequestLog<Success> extends Observers {
  readonly log: Logger;
  readonly kind: RequestKind;
  /** What is said of one that was done. */
  describe(success: Success): { readonly bytes?: number };
}

/**
 * Answers a signed request, settles it by whether the answer was written out, and logs one line.
 *
 * @param handle gives undefined where the sender went away before the body's end
 */
export async function answerSigned<Success>(
  request: IncomingMessage,
  response: ServerResponse,
  { log, kind, describe, metrics, tracing }: RequestLog<Success>,
  handle: (request: SignedRequest) => Promise<Outcome<Success> | undefined>,
): Promise<void> {
  const requestId = newRequestId();
  const began = performance.now();
  const course = createCourse();
  let continued = !awaitsContinue(request);
  const signed: SignedRequest = {
    requestId,
    url: request.url ?? '',
    course,
    header: (name) => headerOf(request, name),
    body: () => {
      if (!continued) response.writeContinue();
      continued = true;
      return request;
    },
  };
  metrics?.began(kind);
  const trace = tracing?.begin({ ...signed, kind, method: request.method ?? '' });
  const outcome = await (trace ? trace.run(() => handle(signed)) : handle(signed));
  let writtenWhole = false;
  if (outcome) {
    writtenWhole = await writeAnswer(request, response, outcome.answer, continued);
    await outcome.settle(writtenWhole);
  }
  const ended = performance.now();
  const described = outcome?.success === undefined ? undefined : describe(outcome.success);
  const end: RequestEnd = {
    kind,
    requestId,
    course,
    began,
    ended,
    code: codeOf(outcome),
    status: outcome?.answer.status,
    writtenWhole,
    merchant: outcome?.merchant,
    imageBytes: described?.bytes ?? 0,
  };
  metrics?.ended(end);
  trace?.end(end);
  logEnd(log, end, outcome, { ...described, trace_id: trace?.traceId });
}

function codeOf(outcome: Outcome<unknown> | undefined): RequestEnd['code'] {
  if (!outcome) return 'SENDER_AWAY';
  return outcome.refusal ? outcome.refusal.row.code : 'SUCCESS';
}

/** What a line says comes from us or was bounded by a check; no key, signature or byte of an image is in it. */
function logEnd(
  log: Logger,
  { kind, requestId, course, began, ended, status, writtenWhole, merchant }: RequestEnd,
  outcome: Outcome<unknown> | undefined,
  more: object,
): void {
  const { refusal } = outcome ?? {};
  const line = {
    requestId,
    merchant,
    status,
    refusal: refusal?.refusal,
    stage: refusal && (course.refusedIn ?? course.stages.at(-1)),
    received: course.received,
    writtenWhole: outcome && writtenWhole,
    millis: Math.round(ended - began),
    ...more,
  };
  if (!outcome) log.info(line, `${kind}: the sender went away`);
  else if (outcome.answer.status >= 500)
    log.error({ ...line, engine: engineOf(refusal?.cause), err: refusal?.cause }, kind);
  else log.info(line, kind);
}

/** Which engine failed, where an error or what it was caused by names one. */
function engineOf(error: unknown): unknown {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('engine' in at) return at.engine;
  }
  return undefined;
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
