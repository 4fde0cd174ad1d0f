import { Refusal } from '@coupon-media/apiv3';
import type { NonceWindow, Permit, Quota, UsedNonce } from '../limits/index.js';
import type { AuthenticatedRequest } from '../signed/authenticate.js';
import { reserveNonce } from '../signed/nonce.js';
import type { Trace } from '../signed/trace.js';
import { serviceBusy, type UploadHead } from './enter.js';

export interface AdmitServices {
  readonly nonces: NonceWindow;
  readonly quota: Quota;
  /** Uploads per second of a merchant without a quota of its own; undefined or 0 means no limit. */
  readonly defaultQuota: number | undefined;
}

/** Proof that the request is new, permitted and within the merchant's rate. */
export type { AdmittedUpload };

/**
 * Decides whether this upload may be made now.
 *
 * @param permit belongs to the merchant from now on
 * @throws Refusal `nonceReplayed`, `permissionMissing`, `rateExceeded` or `serviceBusy`
 */
export async function admit(
  upload: AuthenticatedRequest<UploadHead>,
  permit: Permit,
  { nonces, quota, defaultQuota }: AdmitServices,
  trace: Pick<Trace, 'nonce' | 'nonceKept'>,
): Promise<AdmittedUpload> {
  const { head, merchant } = upload.sender;
  // After the signature come replay, then the permission (403), then the rate (429), and the parameters last (contract 5.2).
  const nonce = await reserveNonce(upload, nonces, trace);
  if (head.endpoint.needsProductCoupon && !merchant.productCoupon) throw new Refusal('permissionMissing');
  // 20 a second for each merchant unless set otherwise, a burst of twice that, and Retry-After beside the 429 (contract 6.1).
  const rate = merchant.quota ?? defaultQuota;
  const wait = rate ? await quota.take(merchant.id, rate) : 0;
  if (wait > 0) throw new Refusal('rateExceeded', { retryAfter: Math.ceil(wait) });
  if (!(await permit.assign(`${merchant.scheme} ${merchant.id}`))) throw serviceBusy();
  return new AdmittedUpload(upload, nonce);
}

class AdmittedUpload {
  protected readonly stage = 'admitted';
  constructor(
    readonly upload: AuthenticatedRequest<UploadHead>,
    readonly nonce: UsedNonce,
  ) {}
}
