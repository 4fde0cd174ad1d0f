import { filled, type Text } from '@coupon-media/apiv3';
import type { Delivery } from './deliver.js';

/** Milliseconds within which a receiver must respond (https://pay.weixin.qq.com/doc/v3/partner/4016435717). */
export const TIME_LIMIT = 5_000;

/** What a response means to WeChat Pay, and whether the receiver did right. */
export interface Verdict {
  /** Whether WeChat Pay takes the notification as received: 200 or 204 within 5 s. It sends any other again later. */
  readonly isAccepted: boolean;
  /** Whether the receiver did right: it accepted a genuine notification, or refused one that is not. */
  readonly isRight: boolean;
  readonly text: Text;
}

/** @param isGenuine whether the notification was as WeChat Pay sends it */
export function judge({ response, failure }: Delivery, isGenuine: boolean): Verdict {
  if (!response) {
    const why = failure ?? TEXTS.silent;
    return { isAccepted: false, isRight: false, text: filled(TEXTS.unanswered, { why }) };
  }
  const { status } = response;
  const isAccepted = status === 200 || status === 204;
  if (isGenuine)
    return {
      isAccepted,
      isRight: isAccepted,
      text: filled(TEXTS[isAccepted ? 'received' : 'again'], { status }),
    };
  // A redirection or an odd 2xx is no refusal: it shows nothing about the signature.
  const isRight = status >= 400;
  return { isAccepted, isRight, text: filled(TEXTS[isRight ? 'refused' : 'believed'], { status }) };
}

const TEXTS = {
  silent: { en: 'no response', 'zh-CN': '没有应答' },
  unanswered: {
    en: 'no response: {why}. WeChat Pay would send it again later',
    'zh-CN': '没有应答：{why}。微信支付会重新通知',
  },
  received: {
    en: '{status}: WeChat Pay takes it as received',
    'zh-CN': '{status}：微信支付视为接收成功',
  },
  again: {
    en: '{status}: WeChat Pay takes only 200 and 204 as received, and would send it again',
    'zh-CN': '{status}：微信支付只把 200 和 204 视为接收成功，会重新通知',
  },
  refused: {
    en: '{status}: refused, as it must be',
    'zh-CN': '{status}：已拒绝，处理正确',
  },
  believed: {
    en: '{status}: the receiver did not refuse it. Verify the signature over the raw body before anything else',
    'zh-CN': '{status}：接收方没有拒绝。请先用原始报文验签，再做其他处理',
  },
} as const satisfies Record<string, Text>;
