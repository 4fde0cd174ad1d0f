import { decryptResource } from './cipher.js';
import { type ResponseToVerify, verifyResponse } from './response.js';
import type { KeyRing } from './signature.js';
import { orUntrusted, UntrustedMessageError } from './untrusted.js';

/** A message that WeChat Pay sends to a merchant, verified and decrypted. */
export interface Notification {
  /** The id is the same for every delivery of this notification, so that a receiver can detect duplicates. */
  id: string;
  /** RFC 3339. */
  createTime: string;
  /** The type of the event: `TRANSACTION.SUCCESS`. */
  eventType: string;
  summary: string;
  /** The kind of `resource`, if the notification says it: `transaction`. */
  originalType?: string;
  /** The decrypted JSON. */
  resource: unknown;
}

export interface NotificationKeys {
  /** WeChat Pay public keys and platform certificates, by id. */
  keys: KeyRing;
  apiV3Key: string;
  /** Unix seconds. */
  now: number;
}

/**
 * Opens a notification. It verifies the signature over the raw body, as for a response (contract 3.1), and decrypts the
 * resource (contract 10.1).
 *
 * @throws UntrustedMessageError with the `fault`; respond to the notification with an error then
 * @example
 * ```ts
 * import { type KeyRing, openNotification } from '@coupon-media/apiv3';
 *
 * export async function eventOf(request: Request, keys: KeyRing, apiV3Key: string): Promise<string> {
 *   const header = (name: string) => request.headers.get(name) ?? undefined;
 *   const message = { header, body: await request.text() };
 *   const { eventType } = await openNotification(message, { keys, apiV3Key, now: Date.now() / 1000 });
 *   return eventType;
 * }
 * ```
 */
export async function openNotification(
  message: ResponseToVerify,
  { keys, apiV3Key, now }: NotificationKeys,
): Promise<Notification> {
  const fault = await verifyResponse(message, keys, now);
  if (fault) throw new UntrustedMessageError(SUBJECT, fault);
  const { resource, ...notification } = orUntrusted(SUBJECT, 'malformed', () => readBody(message.body));
  const plaintext = orUntrusted(SUBJECT, 'undecipherable', () => decryptResource(resource, apiV3Key));
  return {
    ...notification,
    resource: orUntrusted(SUBJECT, 'malformed', (): unknown => JSON.parse(plaintext)),
  };
}

const SUBJECT = { 'zh-CN': '通知', en: 'this notification' };

/** Reads the body. Its `resource` is still encrypted. */
function readBody(body: string | Uint8Array): Notification {
  const notification = JSON.parse(Buffer.from(body).toString('utf8')) as Record<string, unknown>;
  const { original_type } = (notification.resource ?? {}) as Record<string, unknown>;
  return {
    id: text(notification, 'id'),
    createTime: text(notification, 'create_time'),
    eventType: text(notification, 'event_type'),
    summary: text(notification, 'summary'),
    ...(typeof original_type === 'string' && { originalType: original_type }),
    resource: notification.resource,
  };
}

function text(object: Record<string, unknown>, key: string): string {
  const value = object[key];
  if (typeof value === 'string') return value;
  throw new TypeError(`${key} must be a string`);
}
