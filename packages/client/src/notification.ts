import {
  type HeaderSource,
  headerReader,
  type KeyRing,
  type Notification,
  openNotification,
  UntrustedMessageError,
} from '@coupon-media/apiv3';
import { bytesOf } from './bytes.js';
import { NotificationError, OptionError } from './errors.js';

/** The request of a notification, as received. */
export interface IncomingNotification {
  /** The headers in any form and letter case: those of fetch, Node's object or `rawHeaders`, pairs, a Map. */
  headers: HeaderSource;
  /** The raw body, exactly as received. JSON that was parsed and serialised again has other bytes. */
  body: string | Uint8Array | ArrayBuffer;
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
  const raw = typeof body === 'string' ? body : bytesOf(body);
  if (raw === undefined) throw new OptionError('body', NOT_RAW);
  try {
    const message = { header: headerReader(headers), body: raw };
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
