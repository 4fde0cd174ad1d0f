import {
  type KeyRing,
  type Notification,
  openNotification,
  UntrustedMessageError,
} from '@coupon-media/apiv3';
import { NotificationError, OptionError } from './errors.js';

/** The request of a notification, as received. */
export interface IncomingNotification {
  /** The headers: those of fetch, or Node's by lower-case name. */
  headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The raw body, exactly as received. JSON that was parsed and serialised again has other bytes. */
  body: string | Uint8Array;
}

/**
 * @param now Unix milliseconds
 * @throws NotificationError, OptionError
 */
export async function readNotification(
  { headers, body }: IncomingNotification,
  { keys, apiV3Key, now }: { keys: KeyRing; apiV3Key: string | undefined; now: number },
): Promise<Notification> {
  if (apiV3Key === undefined) throw new OptionError('apiV3Key', MISSING);
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
    throw new OptionError('body', NOT_RAW);
  }
  try {
    const message = { header: (name: string) => headerOf(headers, name), body };
    return await openNotification(message, { keys, apiV3Key, now: Math.floor(now / 1000) });
  } catch (error) {
    throw error instanceof UntrustedMessageError ? new NotificationError(error) : error;
  }
}

const MISSING = { 'zh-CN': '未提供，解密通知时需要', en: 'is missing; it opens notifications' };
const NOT_RAW = {
  'zh-CN': '应为通知的原始报文（文本或字节），而不是解析后的 JSON',
  en: 'must be the raw body as text or bytes, not parsed JSON',
};

function headerOf(headers: IncomingNotification['headers'], name: string): string | undefined {
  const value = headers instanceof Headers ? headers.get(name) : headers[name];
  return typeof value === 'string' ? value : undefined;
}
