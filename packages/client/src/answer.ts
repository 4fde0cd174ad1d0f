import { type Evidence, explain, type KeyRing, verifyResponse } from '@coupon-media/apiv3';
import {
  type AnswerInfo,
  ApiError,
  type ApiErrorBody,
  ForgedAnswerError,
  MalformedAnswerError,
} from './errors.js';

/** An answer as it came, with what is known of the request that it answers. */
export interface Delivery {
  answer: AnswerInfo;
  evidence: Evidence;
}

/** A 2xx answer whose signature was proven: only {@link believe} makes one. */
export interface ProvenAnswer extends AnswerInfo {
  /** The parsed body; undefined where it is empty (204). */
  body: unknown;
}

/**
 * Judges an answer. A 2xx is believed only with WeChat Pay's signature; anything else is always told as the refusal it
 * is, never hidden behind a failed verification (contract 3.6).
 *
 * @param now Unix milliseconds
 * @throws ApiError, ForgedAnswerError, MalformedAnswerError
 */
export async function believe(
  { answer, evidence }: Delivery,
  keys: KeyRing,
  now: number,
): Promise<ProvenAnswer> {
  const header = (name: string): string | undefined => singleHeader(answer, name);
  const fault = await verifyResponse({ header, body: answer.rawBody }, keys, Math.floor(now / 1000));
  // A code that is not 2xx is never hidden behind a failed verification (contract 3.6).
  if (answer.status < 200 || answer.status > 299) {
    const body = errorBody(answer);
    const findings = body.code === 'SIGN_ERROR' ? explain(withAnswer(evidence, body, answer)) : [];
    throw new ApiError(body, answer, {
      verified: fault === undefined,
      retryAfter: retryAfterSeconds(answer, now),
      findings,
    });
  }
  // A 2xx with no signature, a bad one, an unknown serial or a stale timestamp must be refused (contract 3.6).
  if (fault) throw new ForgedAnswerError(fault, answer);
  return { ...answer, body: parsedBody(answer) };
}

/** What a SIGN_ERROR adds to what is known of the request: the string that was verified, and the service's clock. */
function withAnswer(evidence: Evidence, { detail }: ApiErrorBody, answer: AnswerInfo): Evidence {
  const date = Date.parse(singleHeader(answer, 'date') ?? '');
  const { sign_information: signInformation } = (detail ?? {}) as {
    sign_information?: Evidence['signInformation'];
  };
  return { ...evidence, signInformation, serverNow: Number.isNaN(date) ? undefined : date / 1000 };
}

/** @returns undefined where the header is absent, or stands more than once */
export function singleHeader({ headers }: Pick<AnswerInfo, 'headers'>, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/**
 * @param now Unix milliseconds
 * @returns the wait that `Retry-After` asks for, given as seconds or as a date; undefined where it asks for none
 */
export function retryAfterSeconds(answer: Pick<AnswerInfo, 'headers'>, now: number): number | undefined {
  const value = singleHeader(answer, 'retry-after');
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}

function parsedBody(answer: AnswerInfo): unknown {
  if (answer.rawBody.length === 0) return undefined;
  try {
    return JSON.parse(answer.rawBody.toString());
  } catch (cause) {
    throw new MalformedAnswerError('the answer is signed, and no JSON', answer, cause);
  }
}

/** HTML of a proxy, an empty 404 (contract 5.7), JSON of another shape: the status is then the code. */
function errorBody({ status, rawBody, host }: AnswerInfo): ApiErrorBody {
  const body = parsedObject(rawBody);
  const text = (value: unknown): string | undefined =>
    typeof value === 'string' && value !== '' ? value : undefined;
  return {
    code: text(body.code) ?? `HTTP_${status}`,
    message: text(body.message) ?? `${host} answered ${status} without saying why`,
    detail: body.detail,
  };
}

function parsedObject(bytes: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
