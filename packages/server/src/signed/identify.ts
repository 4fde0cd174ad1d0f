import {
  type Authorization,
  canonicalKeyId,
  isRequestTimely,
  parseAuthorization,
  Refusal,
} from '@coupon-media/apiv3';
import type { LoadedCertificate, Merchant, MerchantDirectory } from '../merchants/index.js';
import type { RequestHead, Trace } from './trace.js';

export interface IdentifyServices {
  readonly merchants: MerchantDirectory;
  /** Unix seconds. */
  now(): number;
}

/**
 * Proof that the headers name a merchant and one of its certificates that may sign now. It does not prove who sent
 * them.
 */
export type { IdentifiedSender };

/**
 * Identifies the sender that the headers name. The checks run in the order of the live service (contract 5.2).
 *
 * @throws Refusal 400 for missing headers, 401 for everything up to the certificate
 */
export function identify<Head extends RequestHead>(
  head: Head,
  { merchants, now }: IdentifyServices,
  trace: Pick<Trace, 'merchant' | 'claimed'>,
): IdentifiedSender<Head> {
  // Presence of Accept and User-Agent is asked for first (contract 5.2).
  if (!head.header('accept') || !head.header('user-agent')) throw new Refusal('headersMissing');
  const wechatpaySerial = head.header('wechatpay-serial');
  // A brand without Wechatpay-Serial is 400 PARAM_ERROR naming the header (contract 2.10).
  if (head.scheme === 'brand' && !wechatpaySerial) {
    throw new Refusal('brandSerialMissing', {
      detail: { field: 'Wechatpay-Serial', issue: 'required', location: 'header' },
    });
  }
  // Then Authorization's format, then its type (contract 5.2); mixing the two schemes is the commonest 401 (contract 2.10).
  const authorization = parseAuthorization(head.header('authorization'));
  if (typeof authorization === 'string') throw new Refusal(authorization);
  trace.claimed = { id: authorization.id, serialNo: authorization.serialNo };
  if (authorization.scheme !== head.scheme) throw new Refusal('authorizationTypeUnknown');
  return resolve(head, authorization, wechatpaySerial, { merchants, now }, trace);
}

/**
 * Identifies the sender again after the signed bytes have arrived. Minutes may have passed, so the request may be too
 * old by now, or its certificate or merchant may have been disabled.
 *
 * @returns the sender as it is known now, permissions included
 * @throws Refusal 401 for the timestamp or the certificate
 */
export function identifyAgain<Head extends RequestHead>(
  { head, authorization, wechatpaySerial }: IdentifiedSender<Head>,
  services: IdentifyServices,
  trace: Pick<Trace, 'merchant'>,
): IdentifiedSender<Head> {
  return resolve(head, authorization, wechatpaySerial, services, trace);
}

function resolve<Head extends RequestHead>(
  head: Head,
  authorization: Authorization,
  wechatpaySerial: string | undefined,
  { merchants, now }: IdentifyServices,
  trace: Pick<Trace, 'merchant'>,
): IdentifiedSender<Head> {
  const second = now();
  // A timestamp more than 5 minutes from the clock is refused, before the signature is looked at (contract 2.6).
  if (!isRequestTimely(authorization.timestamp, second)) throw new Refusal('timestampSkewed');
  const merchant = merchants.find(authorization.scheme, authorization.id);
  const certificate = merchant?.certificates.get(canonicalKeyId(authorization.serialNo));
  // An unknown merchant is refused like an unknown certificate: who may call is not revealed (contract 2.11).
  if (!merchant || !certificate || second < certificate.notBefore) throw new Refusal('certificateUnknown');
  if (certificate.revoked) throw new Refusal('certificateRevoked');
  if (second > certificate.notAfter) throw new Refusal('certificateExpired');
  trace.merchant = merchant.id;
  return new IdentifiedSender(head, authorization, merchant, certificate, wechatpaySerial);
}

class IdentifiedSender<Head extends RequestHead = RequestHead> {
  protected readonly stage = 'identified';
  constructor(
    readonly head: Head,
    readonly authorization: Authorization,
    readonly merchant: Merchant,
    readonly certificate: LoadedCertificate,
    /** The key that the sender wants the response signed with, as sent. */
    readonly wechatpaySerial: string | undefined,
  ) {}
}
