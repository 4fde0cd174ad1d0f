import { randomUUID } from 'node:crypto';
import {
  answerLanguage,
  type Language,
  type Refusal,
  refusalBody,
  type SchemeName,
  type Signer,
  signResponse,
} from '@coupon-media/apiv3';
import type { RequestHead, UploadHead } from './identify.js';

/** An HTTP answer, ready to be written. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Who signs an answer: known from when the request's signature is proven. */
export interface Seal {
  readonly signer: Signer;
  readonly scheme: SchemeName;
}

/** What every answer needs. */
export interface AnswerContext {
  readonly requestId: string;
  readonly language: Language;
  /** Absent before authentication: such answers are not signed (contract 3.5). */
  readonly seal?: Seal | undefined;
  /** Unix seconds. */
  readonly now: number;
}

/** @returns the answer to an upload that was stored */
export function answerStored(
  { endpoint }: UploadHead,
  { id, url }: { id: string; url: string },
  context: AnswerContext,
): Promise<Answer> {
  const body = { [endpoint.answerField]: endpoint.answerField === 'media_id' ? id : url };
  return answerDone(JSON.stringify(body), context);
}

/** @param body JSON @returns the answer to a request that was done */
export function answerDone(body: string, context: AnswerContext): Promise<Answer> {
  return answer(200, 0, body, context);
}

/** @returns the answer to a request that is refused: the only place that knows statuses */
export async function answerRefusal(refusal: Refusal, context: AnswerContext): Promise<Answer> {
  const { status, number } = refusal.row;
  const { retryAfter } = refusal.context;
  const body = JSON.stringify(refusalBody(refusal, context.language));
  const answered = await answer(status, number, body, context);
  if (retryAfter === undefined) return answered;
  return { ...answered, headers: { ...answered.headers, 'Retry-After': String(retryAfter) } };
}

/** @returns an empty answer: unknown paths and wrong methods (contract 5.7), and requests that are none */
export function answerEmpty(
  status: 400 | 404 | 405,
  requestId: string,
  headers: Record<string, string> = {},
): Answer {
  return { status, headers: { 'Request-ID': `${requestId}-0`, 'Content-Length': '0', ...headers }, body: '' };
}

/** @returns the answer's language (contract 5.8) */
export function languageOf(head: RequestHead): Language {
  return answerLanguage(head.header('accept-language'));
}

async function answer(
  status: number,
  number: number,
  body: string,
  { requestId, language, seal, now }: AnswerContext,
): Promise<Answer> {
  const signature = seal && (await signResponse({ ...seal, timestamp: now, nonce: newNonce(), body }));
  return {
    status,
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': String(Buffer.byteLength(body)),
      'Content-Language': language,
      'Cache-Control': 'no-cache, must-revalidate',
      'X-Content-Type-Options': 'nosniff',
      'Request-ID': `${requestId}-${number}`,
      ...signature,
    },
    body,
  };
}

/** @returns 32 hex digits. A UUID's, since Node fetches their randomness for many at a time: 16 random bytes cost 6 µs more */
function newNonce(): string {
  return randomUUID().replaceAll('-', '');
}
