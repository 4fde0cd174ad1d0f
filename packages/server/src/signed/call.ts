import type { Readable } from 'node:stream';
import { Refusal, type SchemeName, type Signer } from '@coupon-media/apiv3';
import type { Quota } from '../limits/index.js';
import type { Merchant } from '../merchants/index.js';
import { authenticate } from './authenticate.js';
import { readBody } from './body.js';
import { type IdentifyServices, identify } from './identify.js';
import { keepNonce, reserveNonce } from './nonce.js';
import { conclude, type OutcomeServices } from './outcome.js';
import type { Response, UnsignedResponse } from './response.js';
import type { RequestHead, Trace } from './trace.js';

/** A route beside the uploads: any request that is signed over its whole body. */
export interface SignedRoute {
  /** The name that appears in the log and in traces. */
  readonly name: string;
  readonly method: string;
  /** The whole path, or a pattern for several paths. */
  readonly path: string | RegExp;
  /** The kind of caller that may use the route. */
  readonly scheme: SchemeName;
  /** Whether a request of this method and path is the route's; any other gets the 404 of an unknown path. Default: each one is. */
  takes?(head: RequestHead): boolean;
  /**
   * The most bytes that a body may have; the body is held in memory. The body of a GET is not read. Default: 64 KiB.
   */
  readonly bodyLimit?: number;
  /** Requests per second that one caller may make, with bursts of twice that. Default: no limit. */
  readonly ratePerSecond?: number | undefined;
  /**
   * Chooses the key that signs the response when the request names none that is known. Default: the caller's own
   * default.
   */
  signer?(caller: Merchant): Signer;
  /**
   * Called once the request is authenticated and its nonce is new.
   *
   * @returns the response, which is then signed
   * @throws Refusal
   */
  handle(call: SignedCall): UnsignedResponse | Promise<UnsignedResponse>;
}

/** A request whose signature has been verified. */
export interface SignedCall {
  readonly head: RequestHead;
  readonly caller: Merchant;
  readonly body: Buffer;
  readonly trace: Trace;
}

export interface CallServices extends IdentifyServices, OutcomeServices {
  readonly quota: Quota;
}

/** Bytes. A connection may hold as much anyway. */
const BODY_LIMIT = 65_536;

/**
 * Runs the stages of a signed request that is not an upload.
 *
 * @param body opens the body
 * @returns undefined if the sender disconnected before the body's end
 */
export function handleCall(
  { name, bodyLimit = BODY_LIMIT, ratePerSecond = 0, signer, handle }: SignedRoute,
  { head, body }: { head: RequestHead; body(): Readable },
  services: CallServices,
  trace: Trace,
): Promise<Response | undefined> {
  return conclude(trace, services, async () => {
    trace.begin('identify');
    const sender = identify(head, services, trace);
    trace.begin('receive');
    const opened = () => body().on('data', (bytes: Buffer) => trace.receive(bytes));
    const signed =
      head.method === 'GET'
        ? Buffer.alloc(0)
        : await readBody(opened, head.header('content-length'), bodyLimit);
    trace.begin('authenticate');
    const proven = await authenticate(sender, signed, services, trace, signer);
    trace.begin('admit');
    await reserveNonce(proven, services.nonces, trace);
    const { merchant } = proven.sender;
    const wait = ratePerSecond > 0 ? await services.quota.take(`${name}:${merchant.id}`, ratePerSecond) : 0;
    if (wait > 0) throw new Refusal('rateExceeded', { retryAfter: Math.ceil(wait) });
    trace.begin('handle');
    const unsigned = await handle({ head, caller: merchant, body: signed, trace });
    await keepNonce(trace, services.nonces);
    return unsigned;
  });
}
