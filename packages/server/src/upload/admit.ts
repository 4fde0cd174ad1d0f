import { REQUEST_CLOCK_WINDOW, Refusal } from '@coupon-media/apiv3';
import type { NonceWindow, Quota, UsedNonce } from '../limits/index.js';
import type { AuthenticatedCall, AuthenticatedUpload } from '../signed/authenticate.js';

export interface AdmitServices {
  readonly nonces: NonceWindow;
  readonly quota: Quota;
  /** Uploads a second of a merchant that has no quota of its own; undefined is no limit, as 0 is of a merchant's. */
  readonly defaultQuota: number | undefined;
}

/** Proof that the request is new, permitted and within its merchant's rate. */
export type { Admitted as AdmittedUpload };

/**
 * May this upload be made, and made now? The nonce is looked at only now that its signature is proven: else anyone
 * could use up the nonces of others.
 *
 * @param reserved told of the nonce once it is this request's, for the answer to keep or release (contract 2.9)
 * @throws Refusal `nonceReplayed`, `permissionMissing` or `rateExceeded`
 */
export async function admit(
  upload: AuthenticatedUpload,
  { nonces, quota, defaultQuota }: AdmitServices,
  reserved: (nonce: UsedNonce) => void,
): Promise<Admitted> {
  const { head, merchant } = upload.sender;
  const nonce = await reserve(upload, nonces, reserved);
  if (head.endpoint.needsProductCoupon && !merchant.productCoupon) throw new Refusal('permissionMissing');
  const rate = merchant.quota ?? defaultQuota;
  const wait = rate ? await quota.take(merchant.id, rate) : 0;
  if (wait > 0) throw new Refusal('rateExceeded', { retryAfter: Math.ceil(wait) });
  return new Admitted(upload, nonce);
}

/**
 * Takes a request's nonce, so that the request cannot be made again (contract 2.9).
 *
 * @param reserved told of the nonce once it is this request's
 * @throws Refusal `nonceReplayed`
 */
export async function reserve(
  { sender: { authorization } }: AuthenticatedUpload | AuthenticatedCall,
  nonces: NonceWindow,
  reserved: (nonce: UsedNonce) => void,
): Promise<UsedNonce> {
  const { id, serialNo, nonce, timestamp } = authorization;
  const used = {
    key: [id, serialNo.toUpperCase(), nonce, timestamp].join(' '),
    expiresAt: Number(timestamp) + REQUEST_CLOCK_WINDOW,
  };
  if (!(await nonces.reserve(used))) throw new Refusal('nonceReplayed');
  reserved(used);
  return used;
}

class Admitted {
  protected readonly stage = 'admitted';
  constructor(
    readonly upload: AuthenticatedUpload,
    readonly nonce: UsedNonce,
  ) {}
}
