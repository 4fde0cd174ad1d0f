import { filled, Refusal, refusalBody } from '@coupon-media/apiv3';
import { PublishError } from '../publisher.js';
import { Problem } from './problem.js';

/** @returns the problem that a caller is told; anything unforeseen is an internal error, without its words */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof PublishError) return publishProblem(error);
  if (error instanceof Refusal) return refusalProblem(error);
  if (isOfStore(error)) {
    return new Problem('store-unavailable', STORE, { headers: { 'Retry-After': '1' }, cause: error });
  }
  return new Problem('internal-error', INTERNAL, { cause: error });
}

/** Whether it is a StoreError. Its class is not imported, since that would load every part that engines share, kysely among them. */
function isOfStore(error: unknown): boolean {
  return error instanceof Error && error.name === 'StoreError' && 'code' in error && error.code === 'STORE';
}

/** What upstream says of image or permission is told unchanged; anything else is the relay's own trouble. */
function publishProblem(error: PublishError): Problem {
  const { code, texts, upstream, retryAfter, cause } = error;
  if (code === 'refused') {
    if (!upstream) return new Problem('image-refused', texts, { cause });
    const { status, code: upstreamCode, message, requestId } = upstream;
    const more = {
      upstream: {
        status,
        code: upstreamCode,
        message,
        ...(requestId !== undefined && { request_id: requestId }),
      },
    };
    return new Problem(status === 403 ? 'upstream-refused-permission' : 'upstream-refused-image', texts, {
      more,
      cause,
    });
  }
  const headers = { 'Retry-After': String(Math.max(1, Math.ceil(retryAfter ?? 1))) };
  return new Problem(code === 'waiting' ? 'turn-not-reached' : 'upstream-unavailable', texts, {
    headers,
    cause,
  });
}

/** The rules of an image are those of the service (contract 5.11). */
function refusalProblem(refusal: Refusal): Problem {
  if (refusal.row.status >= 500) return problemOf(refusal.cause);
  const detail = {
    'zh-CN': refusalBody(refusal, 'zh-CN').message,
    en: refusalBody(refusal, 'en').message,
  };
  const code = refusal.refusal === 'fileTooLarge' ? 'body-too-large' : 'image-refused';
  return new Problem(code, filled(detail, {}), { more: { reason: refusal.refusal }, cause: refusal });
}

const STORE = {
  'zh-CN': '请稍后重试；图片没有丢失，也不会重复上传。',
  en: 'Try again in a moment. Nothing is lost, and nothing is uploaded twice.',
};
const INTERNAL = {
  'zh-CN': '服务内部出错，原因已写入日志。',
  en: 'Something failed inside the service; the reason is in its log.',
};
