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

/** What may be asked for beside uploads: any request that is signed over its whole body. */
export interface SignedRoute {
  /** For log and traces. */
  readonly name: string;
  readonly method: string;
  /** The whole path, or all paths that match. */
  readonly path: string | RegExp;
  /** Who may call. */
  readonly scheme: SchemeName;
  /** Bytes that the body may have; it is held in memory. Of a GET no body is read. Default: 64 KiB. */
  readonly bodyLimit?: number;
  /** Requests a second of one caller, in bursts of twice that. Default: no limit. */
  readonly ratePerSecond?: number | undefined;
  /** Signs the response where the request names no key that is known. Default: the caller's own choice. */
  signer?(caller: Merchant): Signer;
  /**
   * Called when the request is proven to be the caller's, and new.
   *
   * @returns what is responded, signed
   * @throws Refusal
   */
  handle(call: SignedCall): UnsignedResponse | Promise<UnsignedResponse>;
}

/** A request whose signature is proven. */
export interface SignedCall {
  readonly head: RequestHead;
  readonly caller: Merchant;
  readonly body: Buffer;
  readonly trace: Trace;
}

export interface CallServices extends IdentifyServices, OutcomeServices {
  readonly quota: Quota;
}

/** Bytes: as much as any connection may hold. */
const BODY_LIMIT = 65_536;

/**
 * The way of a signed request that is no upload.
 *
 * @param body opens the body
 * @returns undefined where the sender went away before the body's end
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
