import {
  Refusal,
  type RefusalName,
  refusals,
  responseLanguage,
  type TextValues,
  unsignedRefusals,
} from '@coupon-media/apiv3';
import { type Random, type Response, refusalResponse, type Trace } from '@coupon-media/server';
import type { FaultResponse } from './rule.js';

/** What a row of the table of refusals becomes here. */
export interface RefusalContext {
  readonly trace: Trace;
  /** Unix seconds. */
  readonly now: number;
  readonly random: Pick<Random, 'id'>;
  /** Seconds to wait by the quota of the rule; undefined if it has none. */
  readonly wait: number | undefined;
}

/** @returns a refusal as the service itself would write it, signed or not (contract 3.5), and marked in the trace */
export function refuse(
  name: RefusalName,
  { retryAfter, language }: Pick<FaultResponse, 'retryAfter' | 'language'>,
  { trace, now, random, wait }: RefusalContext,
): Promise<Response> {
  const seconds =
    retryAfter ?? (refusals[name].status === 429 ? Math.max(1, Math.ceil(wait ?? 1)) : undefined);
  const refusal = new Refusal(name, {
    values: SAMPLE_VALUES,
    ...(seconds !== undefined && { retryAfter: seconds }),
  });
  trace.refusal = refusal;
  trace.refusedIn = 'respond';
  return refusalResponse(refusal, {
    requestId: trace.requestId,
    language: language ?? responseLanguage(trace.head.header('accept-language')),
    responseSigner: unsignedRefusals.has(name) ? undefined : trace.responseSigner,
    now,
    random,
  });
}

/** What stands for the values that some messages name. */
const SAMPLE_VALUES: TextValues = {
  part: 'meta',
  source: '/body/meta/filename',
  label: '图片文件名',
  count: 151,
  limit: 150,
};
