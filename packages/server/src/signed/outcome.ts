import { Refusal, responseLanguage } from '@coupon-media/apiv3';
import type { NonceWindow } from '../limits/index.js';
import { BodyLost } from './body.js';
import { keepNonce, releaseNonce } from './nonce.js';
import type { Random } from './random.js';
import {
  type Response,
  type ResponseContext,
  refusalResponse,
  successResponse,
  type UnsignedResponse,
} from './response.js';
import type { Trace } from './trace.js';

export interface OutcomeServices {
  readonly nonces: NonceWindow;
  readonly random: Random;
  /** Unix seconds. */
  now(): number;
}

/**
 * Runs the stages of a request and turns their result, or what they throw, into a response. The response is signed if
 * the sender has been authenticated by then.
 *
 * @returns undefined if the sender disconnected before the body's end
 */
export async function conclude(
  trace: Trace,
  services: OutcomeServices,
  stages: () => Promise<UnsignedResponse>,
): Promise<Response | undefined> {
  try {
    const unsigned = await stages();
    trace.begin('respond');
    return await successResponse(unsigned, contextOf(trace, services));
  } catch (error) {
    if (error instanceof BodyLost) {
      await releaseNonce(trace, services.nonces);
      return undefined;
    }
    return refuse(
      error instanceof Refusal ? error : new Refusal('systemError', { cause: error }),
      trace,
      services,
    );
  }
}

/**
 * Releases the nonce if the same request may be sent again. Call it before the response is written,
 * because a client that reads a 429 may retry at once, and again afterwards, because a response that did not arrive
 * settles nothing.
 */
export async function settle(
  trace: Trace,
  { nonces }: Pick<OutcomeServices, 'nonces'>,
  written?: boolean,
): Promise<void> {
  // Released where the response was 429 or 5xx, or could not be written out whole (contract 2.9).
  const { response } = trace;
  if (!response || !isFinal(response.status) || written === false) await releaseNonce(trace, nonces);
}

async function refuse(refusal: Refusal, trace: Trace, services: OutcomeServices): Promise<Response> {
  trace.refusal = refusal;
  trace.refusedIn = trace.stages.at(-1);
  if (trace.refusedIn !== 'respond') trace.begin('respond');
  // If recording fails, the refusal still stands: the window in memory remembers the nonce until a restart.
  if (isFinal(refusal.row.status)) await keepNonce(trace, services.nonces).catch(() => {});
  const context = contextOf(trace, services);
  // If the signing key itself is the problem, an unsigned 500 still reports it.
  return refusalResponse(refusal, context).catch((cause) => {
    trace.refusal = new Refusal('systemError', { cause });
    return refusalResponse(trace.refusal, { ...context, responseSigner: undefined });
  });
}

function contextOf(
  { requestId, head, responseSigner }: Trace,
  { now, random }: OutcomeServices,
): ResponseContext {
  // The response says in which language its message is (contract 5.8).
  const language = responseLanguage(head.header('accept-language'));
  return { requestId, language, responseSigner, now: now(), random };
}

/** Whether a response settles a request. After 429 and 5xx the same request may be sent again (contract 2.9). */
function isFinal(status: number): boolean {
  return status !== 429 && status < 500;
}
