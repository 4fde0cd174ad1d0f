import { randomUUID } from 'node:crypto';
import {
  createSigner,
  filled,
  loadPrivateKey,
  nearestName,
  type SchemeName,
  type Text,
} from '@coupon-media/apiv3';
import { generatePublicKeyPair, newApiV3Key } from '@coupon-media/server';
import { SandboxError } from '../run/sandbox-error.js';
import { type Delivery, deliver } from './deliver.js';
import { DEFAULT_EVENT, eventOf } from './event.js';
import { MISTAKE_NAMES, MISTAKES, type Mistake, type MistakeName } from './mistakes.js';
import { type Draft, type SignedNotification, signNotification } from './sign.js';
import { judge, TIME_LIMIT, type Verdict } from './verdict.js';

export interface NotifyOptions {
  /** The type of the event. Default: `PRODUCT_COUPON_SP.SEND`. */
  event?: string | undefined;
  /** The JSON that is encrypted. Default: an example for the event, `{}` for one without. */
  resource?: unknown;
  /** What is wrong with the notification. Default: nothing. */
  mistake?: MistakeName | undefined;
  /** The same id twice is the same notification, delivered again. Default: a new id. */
  id?: string | undefined;
  /** The mchid or brand_id of the receiver, whose APIv3 key encrypts and whose platform key signs. Default: the first merchant. */
  merchant?: string | undefined;
  /** Milliseconds within which the receiver must respond. Default: 5,000, as WeChat Pay waits. */
  limit?: number | undefined;
}

/** What was sent, how the receiver responded, and what that means to WeChat Pay. */
export interface NotificationReport extends Delivery, Verdict {
  readonly url: string;
  readonly event: string;
  readonly id: string;
  readonly mistake: MistakeName | undefined;
  readonly sent: SignedNotification;
}

/**
 * Sends a notification as WeChat Pay does: signed by a platform key, its resource encrypted with the merchant's APIv3 key.
 *
 * @param url of the receiver; http or https
 * @throws SandboxError `NOTIFY` if the URL or an option cannot be used. A receiver that fails is a result
 */
export type Notify = (url: string, options?: NotifyOptions) => Promise<NotificationReport>;

export interface NotifierServices {
  /** The merchants and keys of a sandbox's folder. */
  readonly records: {
    merchants(): Promise<readonly NotifierMerchant[]>;
    /** Oldest first. */
    platformKeys(): Promise<readonly NotifierKey[]>;
  };
  /** Unix milliseconds. */
  now(): number;
}

/** What of a merchant notifications need. */
export interface NotifierMerchant {
  readonly id: string;
  readonly scheme: SchemeName;
  readonly apiV3Key: string;
  readonly defaultPlatformKeyId?: string | undefined;
}

/** What of a platform key they need. */
export interface NotifierKey {
  readonly id: string;
  readonly kind: 'public-key' | 'certificate';
  readonly privateKeyPem: string;
  readonly retiredAt?: number | undefined;
}

export function createNotifier({ records, now }: NotifierServices): Notify {
  return async (given, { event = DEFAULT_EVENT, mistake, limit = TIME_LIMIT, ...options } = {}) => {
    const url = receiverUrl(given);
    if (mistake !== undefined && !Object.hasOwn(MISTAKES, mistake)) throw unknownMistake(mistake);
    const made: Mistake | undefined = mistake && MISTAKES[mistake];
    const merchant = await merchantOf(records, options.merchant);
    const key = await signingKey(records, merchant);
    const right = draftOf({ event, ...options }, merchant, key, now());
    const draft = (await made?.draft?.(right)) ?? right;
    const signed = await signNotification(draft);
    const sent = made?.message?.(signed) ?? signed;
    const delivery = await deliver(url, sent, limit);
    return {
      ...{ url: url.href, event, id: draft.id, mistake, sent },
      ...delivery,
      ...judge(delivery, mistake === undefined),
    };
  };
}

function receiverUrl(given: string): URL {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw new SandboxError('NOTIFY', TEXTS.url);
  if (url.username !== '' || url.password !== '') throw new SandboxError('NOTIFY', TEXTS.credentials);
  return url;
}

function unknownMistake(given: string): SandboxError {
  const near = nearestName(given, MISTAKE_NAMES) ?? '';
  const names = MISTAKE_NAMES.join(', ');
  return new SandboxError('NOTIFY', filled(near ? TEXTS.mistakeNear : TEXTS.mistake, { names, near }));
}

async function merchantOf(
  records: NotifierServices['records'],
  id: string | undefined,
): Promise<NotifierMerchant> {
  const known = await records.merchants();
  const found = id === undefined ? known[0] : known.find((merchant) => merchant.id === id);
  if (found) return found;
  const names = known.map((merchant) => merchant.id).join(', ');
  throw new SandboxError('NOTIFY', filled(TEXTS.merchant, { names }));
}

/** The key that signs responses to the merchant when a request names none (contract 3.4). */
async function signingKey(
  records: NotifierServices['records'],
  { defaultPlatformKeyId }: NotifierMerchant,
): Promise<NotifierKey> {
  const inUse = (await records.platformKeys()).filter(({ retiredAt }) => retiredAt === undefined);
  const key =
    inUse.find(({ id }) => id === defaultPlatformKeyId) ??
    inUse.find(({ kind }) => kind === 'public-key') ??
    inUse[0];
  if (!key) throw new SandboxError('NOTIFY', TEXTS.key);
  return key;
}

function draftOf(
  { event, resource, id = randomUUID() }: NotifyOptions & { event: string },
  { scheme, apiV3Key }: NotifierMerchant,
  { id: keyId, privateKeyPem }: NotifierKey,
  now: number,
): Draft {
  const { summary, originalType, associatedData, resource: example } = eventOf(event);
  const createTime = beijingTime(now);
  const timestamp = Math.floor(now / 1000);
  return {
    ...{ scheme, apiV3Key, timestamp, id, createTime, event, summary, originalType, associatedData },
    signer: createSigner(keyId, loadPrivateKey(privateKeyPem)),
    otherSigner: async () =>
      createSigner(keyId, loadPrivateKey((await generatePublicKeyPair(timestamp)).privateKeyPem)),
    otherApiV3Key: newApiV3Key,
    nonce: randomUUID().replaceAll('-', ''),
    // A nonce of the encryption that was used twice with one key would reveal what it encrypted.
    resourceNonce: newApiV3Key().slice(0, 12),
    sentAssociatedData: undefined,
    resource: resource ?? example(createTime),
    body: undefined,
  };
}

/** RFC 3339 in the time zone that the live service uses. */
function beijingTime(milliseconds: number): string {
  return new Date(milliseconds + 8 * 60 * 60 * 1000).toISOString().replace(/\.\d+Z$/, '+08:00');
}

const TEXTS = {
  url: {
    en: 'the address of a receiver is an http or https URL',
    'zh-CN': '接收通知的地址应为 http 或 https URL',
  },
  credentials: {
    en: 'the address of a receiver has no user name and no password',
    'zh-CN': '接收通知的地址不能包含用户名和密码',
  },
  mistake: { en: 'mistakes are {names}', 'zh-CN': '可选的错误有 {names}' },
  mistakeNear: {
    en: 'there is no such mistake; did you mean {near}? There are {names}',
    'zh-CN': '没有这种错误；是否想写 {near}？可选的有 {names}',
  },
  merchant: {
    en: 'there is no such merchant; this sandbox has {names}',
    'zh-CN': '没有该商户；本沙箱的商户有 {names}',
  },
  key: { en: 'no platform key is in use', 'zh-CN': '没有可用的平台密钥' },
} as const satisfies Record<string, Text>;
