import { Refusal, type Signer, signInformation, verifyRequest } from '@coupon-media/apiv3';
import type { MerchantDirectory } from '../merchants/index.js';
import type { IdentifiedSender, IdentifiedUploader } from './identify.js';

/** Proof that the merchant's key made a signature that covers meta, byte for byte; or a call that has no body. */
export type { Authenticated as AuthenticatedUpload, AuthenticatedBare as AuthenticatedCall };

/**
 * Was meta signed by whom the headers name?
 *
 * Fails closed: without a meta part there is nothing that a signature could cover, and an upload signed over nothing is
 * refused, though the live service lets it pass (contract 2.8).
 *
 * @param meta the part's raw bytes
 * @throws Refusal `signatureWrong`
 */
export async function authenticate(
  sender: IdentifiedUploader,
  meta: Buffer | undefined,
  merchants: MerchantDirectory,
): Promise<Authenticated> {
  if (!meta) throw signatureWrong(sender, '');
  await prove(sender, meta);
  return new Authenticated(sender, meta, answerSigner(sender, merchants, sender.merchant.defaultSigner));
}

/**
 * Was a request that has no body signed by whom the headers name?
 *
 * @param signer signs the answer where the request names no key that is known (contract 3.4)
 * @throws Refusal `signatureWrong`
 */
export async function authenticateCall(
  sender: IdentifiedSender,
  merchants: MerchantDirectory,
  signer: Signer,
): Promise<AuthenticatedBare> {
  await prove(sender, '');
  return new AuthenticatedBare(sender, answerSigner(sender, merchants, signer));
}

async function prove(sender: IdentifiedSender, body: Buffer | ''): Promise<void> {
  const { head, authorization, certificate } = sender;
  if (!(await verifyRequest(authorization, { ...requestLine(head), body }, certificate.verifier))) {
    throw signatureWrong(sender, body);
  }
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

function requestLine({ method, url }: IdentifiedSender['head']): { method: string; url: string } {
  return { method, url };
}

/** The answer's key follows the request's `Wechatpay-Serial` (contract 3.4). */
function answerSigner(
  { wechatpaySerial }: IdentifiedSender,
  merchants: MerchantDirectory,
  otherwise: Signer,
): Signer {
  return (wechatpaySerial === undefined ? undefined : merchants.signer(wechatpaySerial)) ?? otherwise;
}

class Authenticated {
  protected readonly stage = 'authenticated';
  constructor(
    readonly sender: IdentifiedUploader,
    readonly meta: Buffer,
    readonly answerSigner: Signer,
  ) {}
}

class AuthenticatedBare {
  protected readonly stage = 'authenticated without a body';
  constructor(
    readonly sender: IdentifiedSender,
    readonly answerSigner: Signer,
  ) {}
}
