import { Refusal, type Signer, signInformation, verifyRequest } from '@coupon-media/apiv3';
import type { Merchant, MerchantDirectory } from '../merchants/index.js';
import { type IdentifiedSender, type IdentifyServices, identifyAgain } from './identify.js';
import type { RequestHead, Trace } from './trace.js';

/** Proof that the signature over these bytes was made with the merchant's private key. */
export type { AuthenticatedRequest };

/**
 * Verifies the signature of a request whose sender is identified.
 *
 * An upload without a meta part has nothing that a signature could cover, and a signature over nothing proves nothing.
 * Both are refused, although the live service accepts the second.
 *
 * @param signed the bytes that the signature must cover: the meta part of an upload, the whole body of any other
 *   request; undefined if there are none
 * @param identified the sender as judged from the headers. It is judged again here, because the body may have taken
 *   minutes
 * @param trace receives the key that signs the response. From then on every response is signed
 * @param signer chooses the key when the request names none that is known. Default: the merchant's own
 *   default
 * @throws Refusal `timestampSkewed`, `signatureWrong` or one of the certificate refusals
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
    /** The bytes that the signature covers. */
    readonly signed: Buffer,
  ) {}
}
