import { errorText, type RefusalName } from '@coupon-media/apiv3';
import {
  ApiError,
  adviceOn,
  ClientError,
  ImageError,
  NetworkError,
  SourceError,
  TimeoutError,
} from '@coupon-media/client';
import type { MessageKey, Translator } from '../messages/messages.js';
import { CommandError, oneLine, systemReason } from '../shell/failure.js';
import { inOwnTerms } from './own-terms.js';
import { RefusedImage } from './refused.js';

/** The scope of a failure: this image; every image, so that the run stops; or perhaps every image, if it happens repeatedly. */
export type ProblemScope = 'one' | 'all' | 'perhapsAll';

/** Why an image was not uploaded. */
export interface UploadProblem {
  /** Stable, for programs. */
  readonly code: string;
  /** What is wrong. */
  readonly reason: string;
  /** What to do. */
  readonly remedy: string;
  readonly requestId?: string | undefined;
  readonly scope: ProblemScope;
}

/** @returns the problem that an error of an upload means for the user */
export function problemOf(error: unknown, translator: Translator): UploadProblem {
  if (error instanceof ClientError) return clientProblem(error, translator);
  const { say, language } = translator;
  if (error instanceof RefusedImage) {
    const { code, reason, remedy, values } = error;
    return { code, reason: say(reason, values), remedy: say(remedy, values), scope: 'one' };
  }
  const reason = systemReason(error, language);
  if (error instanceof CommandError) {
    return { code: 'REFUSED', reason: say(error.key, error.values), remedy: '', scope: 'one' };
  }
  return {
    code: reason ? 'SOURCE_UNREADABLE' : 'FAILED',
    reason: reason ?? oneLine(errorText(error)[language]),
    remedy: reason ? say('remedy.SOURCE_UNREADABLE') : '',
    scope: 'one',
  };
}

function clientProblem(error: ClientError, translator: Translator): UploadProblem {
  const { say, language } = translator;
  const advice = adviceOn(error);
  const own = OWN_REMEDIES[keyOf(error)];
  return {
    code: error.code,
    reason: oneLine(reasonOf(error, advice.meaning[language], translator)),
    remedy: own ? say(own) : inOwnTerms(advice.remedy, language),
    requestId: error instanceof ApiError ? error.requestId : undefined,
    scope: scopeOf(error),
  };
}

/** The most specific name of an error: the refusal of an image, the stage of a time-out. */
function keyOf(error: ClientError): string {
  if (error instanceof ImageError) return error.refusal;
  return error instanceof TimeoutError ? `TIMED_OUT.${error.phase}` : error.code;
}

/** Remedies in terms of this program's options, where those of the SDK name its own options. */
const OWN_REMEDIES: Readonly<Record<string, MessageKey>> = {
  fileTooLarge: 'remedy.fileTooLarge',
  imageKindUnknown: 'remedy.imageKindUnknown',
  imageHeaderBroken: 'remedy.imageBroken',
  imageSizeImpossible: 'remedy.imageBroken',
  imageColoursImpossible: 'remedy.imageBroken',
  SOURCE_UNREADABLE: 'remedy.SOURCE_UNREADABLE',
  'TIMED_OUT.send': 'remedy.TIMED_OUT.send',
  'TIMED_OUT.response': 'remedy.TIMED_OUT.response',
  ABORTED: 'remedy.ABORTED',
  RATELIMIT_EXCEEDED: 'remedy.RATELIMIT_EXCEEDED',
  HTTP_429: 'remedy.RATELIMIT_EXCEEDED',
} satisfies Partial<Record<RefusalName | string, MessageKey>>;

/** The message of the error, if it says more than the general meaning of its code. */
function reasonOf(error: ClientError, meaning: string, { say, language }: Translator): string {
  const own = error.texts[language];
  if (error instanceof SourceError) return systemReason(error.cause, language) ?? saidOnce(meaning, own);
  if (error instanceof ApiError) {
    const message = error.code.startsWith('HTTP_') ? say('problem.status', statusOf(error)) : error.message;
    // A mistake found in the request says more than the service can.
    return error.findings.some(({ certain }) => certain) ? saidOnce(message, meaning) : message;
  }
  if (error instanceof TimeoutError) return `${meaning} · ${error.host}, ${error.milliseconds} ms`;
  if (error instanceof NetworkError) return saidOnce(meaning, own);
  return error instanceof ImageError ? meaning : saidOnce(meaning, own);
}

/** @returns both parts; only one of them if it contains the other */
function saidOnce(first: string, second: string): string {
  if (first.includes(second)) return first;
  return second.includes(first) ? second : `${first} · ${second}`;
}

function statusOf({ host, status, headers }: ApiError) {
  const type = headers['content-type'];
  return { host, status, type: typeof type === 'string' ? type : '?' };
}

function scopeOf(error: ClientError): ProblemScope {
  if (error instanceof ApiError)
    return SCOPE_OF_STATUS[error.status] ?? (error.status >= 500 ? 'perhapsAll' : 'one');
  return SCOPE_OF_CODE[error.code] ?? 'one';
}

const SCOPE_OF_STATUS: Readonly<Record<number, ProblemScope>> = {
  401: 'all',
  403: 'all',
  404: 'all',
  405: 'all',
  407: 'all',
  429: 'perhapsAll',
};

const SCOPE_OF_CODE: Readonly<Record<string, ProblemScope>> = {
  OPTION_INVALID: 'all',
  SIGNING_FAILED: 'all',
  NETWORK_FAILED: 'perhapsAll',
  TIMED_OUT: 'perhapsAll',
  RESPONSE_FORGED: 'perhapsAll',
  RESPONSE_MALFORMED: 'perhapsAll',
};
