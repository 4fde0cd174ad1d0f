import { Refusal, type Signer, signInformation, verifyRequest } from '@coupon-media/apiv3';
import type { Merchant, MerchantDirectory } from '../merchants/index.js';
import { type IdentifiedSender, type IdentifyServices, identifyAgain } from './identify.js';
import type { RequestHead, Trace } from './trace.js';

/** Proof that the merchant's key made a signature that covers these bytes. */
export type { AuthenticatedRequest };

/**
 * Was the request signed by whom its headers name?
 *
 * Fails closed: an upload without a meta part has nothing that a signature could cover, and one signed over nothing is refused,
 * though the live service lets it pass (contract 2.8).
 *
 * @param signed the bytes that the signature is to cover: an upload's meta, any other request's whole body. Undefined where there
 *   are none that could be
 * @param identified judged when the headers came, and judged again now: the body may have taken minutes
 * @param trace gets the key that signs the response: every refusal from now on is signed
 * @param signer signs the response where the request names no key that is known (contract 3.4). Default: the merchant's choice
 * @throws Refusal `timestampSkewed`, those of certificates, or `signatureWrong`
 */
export async function authenticate<Head extends RequestHead>(
  identified: IdentifiedSender<Head>,
  signed: Buffer | undefined,
  services: IdentifyServices,
  trace: Pick<Trace, 'responseSigner' | 'merchant'>,
  signer: (merchant: Merchant) => Signer = ({ defaultSigner }) => defaultSigner,
): Promise<AuthenticatedRequest<Head>> {
  const sender = identifyAgain(identified, services, trace);
  const { head, authorization, certificate } = sender;
  // An upload whose meta was not covered by the signature is never accepted (contract 2.8).
  if (!signed) throw signatureWrong(sender, '');
  if (!(await verifyRequest(authorization, { ...requestLine(head), body: signed }, certificate.verifier))) {
    throw signatureWrong(sender, signed);
  }
  // Every response to a request whose signature verified is signed, errors too (contract 3.5).
  trace.responseSigner = {
    signer: requestedSigner(sender, services.merchants) ?? signer(sender.merchant),
    scheme: head.scheme,
  };
  return new AuthenticatedRequest(sender, signed);
}

function signatureWrong({ head, authorization }: IdentifiedSender, body: Buffer | ''): Refusal {
  const { timestamp, nonce } = authorization;
  return new Refusal('signatureWrong', {
    detail: {
      detail: { issue: 'sign not match' },
      field: 'signature',
      location: 'authorization',
      sign_information: signInformation({ ...requestLine(head), timestamp, nonce, body }),
    },
  });
}

function requestLine({ method, url }: RequestHead): { method: string; url: string } {
  return { method, url };
}

/** Which key signs follows the request's `Wechatpay-Serial`: undefined where it names none that is known (contract 3.4). */
function requestedSigner(
  { wechatpaySerial }: IdentifiedSender,
  merchants: MerchantDirectory,
): Signer | undefined {
  return wechatpaySerial === undefined ? undefined : merchants.signer(wechatpaySerial);
}

class AuthenticatedRequest<Head extends RequestHead = RequestHead> {
  protected readonly stage = 'authenticated';
  constructor(
    readonly sender: IdentifiedSender<Head>,
    /** What the signature covers. */
    readonly signed: Buffer,
  ) {}
}
