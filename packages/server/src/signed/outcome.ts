import { Refusal } from '@coupon-media/apiv3';
import type { NonceWindow, UsedNonce } from '../limits/index.js';
import { type Answer, type AnswerContext, answerRefusal, languageOf, type Seal } from './response.js';
import type { RequestHead } from './identify.js';
import { BodyLost } from '../upload/receive.js';

export interface OutcomeServices {
  readonly nonces: NonceWindow;
  /** Unix seconds. */
  now(): number;
}

/** What is known so far of a request, told by its stages as they pass. */
export interface Progress {
  /** mchid or brand_id, from when it is identified. */
  merchant?: string;
  /** Who signs the answer, from when the request's signature is proven. */
  seal?: Seal;
  /** The nonce that is this request's, from when it was reserved. */
  nonce?: UsedNonce;
}

/** How a signed request ended. */
export interface Outcome<Success> {
  readonly answer: Answer;
  /** mchid or brand_id, as far as identified. */
  readonly merchant?: string | undefined;
  /** What it was refused with. */
  readonly refusal?: Refusal;
  readonly success?: Success;
  /** To be called when the answer was written out, whole or not: only then is it known what becomes of the nonce. */
  settle(writtenWhole: boolean): Promise<void>;
}

/**
 * Turns what a request's stages give, or throw, into an answer, and sees to its nonce.
 *
 * @param stages run in order; they tell `progress` what they prove
 * @param answer makes the answer to what the stages gave
 * @returns undefined where the sender went away before the body's end
 */
export async function conclude<Success>(
  { requestId, head }: { requestId: string; head: RequestHead },
  services: OutcomeServices,
  stages: (progress: Progress) => Promise<Success>,
  answer: (success: Success, context: AnswerContext) => Promise<Answer>,
): Promise<Outcome<Success> | undefined> {
  const progress: Progress = {};
  const context = () => ({ requestId, language: languageOf(head), seal: progress.seal, now: services.now() });
  try {
    const success = await stages(progress);
    return outcome(await answer(success, context()), progress, services, { success });
  } catch (error) {
    if (error instanceof BodyLost) {
      if (progress.nonce) await services.nonces.release(progress.nonce, false);
      return undefined;
    }
    const refusal = error instanceof Refusal ? error : new Refusal('systemError', { cause: error });
    if (progress.nonce && isFinal(refusal.row.status)) await keep(progress.nonce, services.nonces);
    // Where the key that signs is what failed, an unsigned 500 still says so.
    const refused = await answerRefusal(refusal, context()).catch((cause) =>
      answerRefusal(new Refusal('systemError', { cause }), { ...context(), seal: undefined }),
    );
    return outcome(refused, progress, services, { refusal });
  }
}

function outcome<Success>(
  answer: Answer,
  { merchant, nonce }: Progress,
  { nonces }: OutcomeServices,
  end: Pick<Outcome<Success>, 'refusal' | 'success'>,
): Outcome<Success> {
  return {
    answer,
    merchant,
    ...end,
    settle: async (writtenWhole) => {
      const settled = isFinal(answer.status);
      if (nonce && !(settled && writtenWhole)) await nonces.release(nonce, settled);
    },
  };
}

/** Whether an answer settles a request: after 429 and 5xx the same request may be sent again (contract 2.9). */
function isFinal(status: number): boolean {
  return status !== 429 && status < 500;
}

/** Where it cannot be kept, the answer stands: the window remembers the nonce all the same, until a restart. */
async function keep(nonce: UsedNonce, nonces: NonceWindow): Promise<void> {
  try {
    await nonces.keep(nonce);
  } catch {}
}
