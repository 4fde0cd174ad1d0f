import { both, Refusal, type WrapperRefusal } from '@coupon-media/apiv3';
import type { PublishError, UpstreamRefusal } from '@coupon-media/door';

/** Says in a signed refusal why an image has no URL (contract 12.3). */
export function refusalOf(error: PublishError): Refusal {
  const { code, upstream, retryAfter, texts } = error;
  if (code === 'refused' && upstream) return refusalOfUpstream(upstream);
  const context = { values: { said: texts }, cause: error, ...(retryAfter !== undefined && { retryAfter }) };
  if (code === 'waiting') return new Refusal(WAITING, context);
  return new Refusal(retryAfter === undefined ? BROKEN : AWAY, context);
}

/** @returns the refusal of a caller that may use no account for the endpoint */
export function withoutAccount(): Refusal {
  return new Refusal(NO_ACCOUNT);
}

/** Upstream's own status, code and sentence; the number is upstream's as well, and its whole Request-ID stands in detail (contract 12.2). */
function refusalOfUpstream({ status, code, message, requestId }: UpstreamRefusal): Refusal {
  const number = Number(/-(\d{1,15})$/.exec(requestId ?? '')?.[1] ?? 0);
  const row = { name: 'upstreamRefused', status, code, number, message: both('{said}') };
  return new Refusal(row, {
    values: { said: message },
    ...(requestId !== undefined && { detail: { upstream_request_id: requestId } }),
  });
}

const SAID = both('{said}');
const WAITING: WrapperRefusal = {
  ...{ name: 'turnNotCome', status: 429, code: 'RATELIMIT_EXCEEDED', number: 270924289, message: SAID },
};
const AWAY: WrapperRefusal = {
  ...{ name: 'upstreamAway', status: 503, code: 'SYSTEM_ERROR', number: 268435465, message: SAID },
};
const BROKEN: WrapperRefusal = {
  ...{ name: 'relayTrouble', status: 500, code: 'SYSTEM_ERROR', number: 268435466, message: SAID },
};
const NO_ACCOUNT: WrapperRefusal = {
  ...{ name: 'accountMissing', status: 403, code: 'NO_AUTH', number: 268579804 },
  message: {
    'zh-CN': '该商户没有可用的上传账号，请联系中继服务的管理员授权',
    en: 'This merchant may use no account of the relay for this endpoint: ask its operator for a grant',
  },
};
