import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NonceWindow } from '../limits/index.js';
import { settle } from '../signed/outcome.js';
import { newRequestId, type Random } from '../signed/random.js';
import type { Response } from '../signed/response.js';
import { createTrace, type RequestHead, type Trace, type TraceListener } from '../signed/trace.js';
import type { Exchange, Standing } from './connections.js';
import { awaitsContinue, writeResponse } from './exchange.js';
import { type Route, targetOf } from './table.js';

/** A kind of signed request. */
export interface SignedKind<Head extends RequestHead> {
  /** The kind in traces of such requests. */
  readonly name: string;
  readonly method: string;
  readonly path: Route['path'];
  /** Default: every request is taken. */
  takes?: ((head: Head) => boolean) | undefined;
  headOf(line: Pick<RequestHead, 'method' | 'url' | 'header'>): Head;
  /** @returns undefined if the sender disconnected before the body's end */
  handle(request: SignedRequest<Head>, trace: Trace): Promise<Response | undefined>;
}

/** A signed request as HTTP delivers it. */
export interface SignedRequest<Head extends RequestHead> {
  readonly head: Head;
  /** Opens the body. If the sender waits for `100 Continue`, it is sent. */
  body(): IncomingMessage;
  /** Calls back if the connection ends before its response. @returns ends it */
  whenGone(act: () => void): () => void;
}

/**
 * Receives a signed response before it is written.
 *
 * @returns the response to write, or a function that writes instead
 */
export type Respond = (
  response: Response,
  of: { readonly request: IncomingMessage; readonly trace: Trace },
) => Response | Writer | Promise<Response | Writer>;

/**
 * Writes to the connection itself.
 *
 * @returns whether the response counts as written completely
 */
export type Writer = (response: ServerResponse, request: IncomingMessage) => Promise<boolean>;

/** What the routes of all signed requests share. */
export interface SignedExchange {
  readonly nonces: NonceWindow;
  readonly random: Random;
  readonly listener: TraceListener;
  readonly respond: Respond;
}

/**
 * @returns a route that handles a request, writes the response, and settles the request by whether the response was
 *   written completely
 */
export function signedRoute<Head extends RequestHead>(
  { name, method, path, takes, headOf, handle }: SignedKind<Head>,
  exchange: SignedExchange,
): Route {
  const { listener, random } = exchange;
  const headFrom = (request: IncomingMessage): Head =>
    headOf({ method, url: targetOf(request), header: (of) => headerOf(request, of) });
  async function take(request: IncomingMessage, response: ServerResponse, standing: Standing): Promise<void> {
    let continued = !awaitsContinue(request);
    const head = headFrom(request);
    const trace = createTrace(name, head, newRequestId(random), listener);
    function body(): IncomingMessage {
      if (!continued) response.writeContinue();
      continued = true;
      return request;
    }
    standing.trace = trace;
    const work = () => handle({ head, body, whenGone: (act) => whenGone(response, act) }, trace);
    listener.begin?.(trace, request);
    try {
      const signed = await (listener.within ? listener.within(trace, work) : work());
      standing.isRefused = signed !== undefined && signed.status >= 400;
      if (signed) await writeSigned(signed, { request, response, standing, continued }, trace, exchange);
    } finally {
      trace.ended = performance.now();
      listener.end?.(trace);
    }
  }
  return { path, methods: [method], takes: takes && ((request) => takes(headFrom(request))), handle: take };
}

async function writeSigned(
  signed: Response,
  { continued, ...asked }: Exchange & { readonly continued: boolean },
  trace: Trace,
  exchange: SignedExchange,
): Promise<void> {
  trace.response = signed;
  try {
    const given = await exchange.respond(signed, { request: asked.request, trace });
    if (typeof given !== 'function') trace.response = given;
    await settle(trace, exchange);
    trace.writtenWhole =
      typeof given === 'function'
        ? await given(asked.response, asked.request)
        : await writeResponse(asked, given, continued);
  } finally {
    await settle(trace, exchange, trace.writtenWhole);
  }
}

function whenGone(response: ServerResponse, act: () => void): () => void {
  // Every response closes, and one that was written whole is no reason to end anything.
  function closed(): void {
    if (!response.writableFinished) act();
  }
  if (response.destroyed) closed();
  else response.once('close', closed);
  return () => void response.off('close', closed);
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
