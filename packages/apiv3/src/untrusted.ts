import { knowInstances } from './instances.js';
import type { ResponseFault } from './response.js';
import { BilingualError, filled, type Text } from './text.js';

/** Why a signed message with encrypted content is not trusted. */
export type MessageFault = ResponseFault | 'malformed' | 'undecipherable';

/** A notification or a list of platform certificates cannot be trusted. Nothing of it was used. */
export class UntrustedMessageError extends BilingualError {
  override readonly name = 'UntrustedMessageError';
  readonly code = 'UNTRUSTED_MESSAGE';
  readonly fault: MessageFault;

  constructor(subject: Text, fault: MessageFault, cause?: unknown) {
    super(filled(FAULTS[fault], { subject }), { cause });
    this.fault = fault;
  }
}
knowInstances('@coupon-media/apiv3', { UntrustedMessageError });

/** @returns the result of `read`; an error that it throws becomes the cause of an UntrustedMessageError */
export function orUntrusted<T>(subject: Text, fault: MessageFault, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new UntrustedMessageError(subject, fault, cause);
  }
}

const FAULTS: Readonly<Record<MessageFault, Text>> = {
  unsigned: { 'zh-CN': '{subject}没有签名', en: '{subject} carries no signature' },
  stale: {
    'zh-CN': '{subject}的时间戳与本机时钟相差 300 秒以上',
    en: '{subject} has a timestamp 300 s or more from this clock',
  },
  unknownKey: { 'zh-CN': '{subject}由未知的密钥签名', en: '{subject} names an unknown key' },
  signatureWrong: { 'zh-CN': '{subject}验签不通过', en: '{subject} has a wrong signature' },
  malformed: {
    'zh-CN': '{subject}不符合规定的格式',
    en: '{subject} does not have the form that the rules describe',
  },
  undecipherable: {
    'zh-CN': '无法用该 APIv3 密钥解密{subject}',
    en: '{subject} cannot be decrypted with this APIv3 key',
  },
};
