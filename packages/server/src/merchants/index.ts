import type { SchemeName, Signer, Verifier } from '@coupon-media/apiv3';

/** Who may call, with keys parsed once. */
export interface Merchant {
  /** mchid, or brand_id of a brand. */
  readonly id: string;
  readonly scheme: SchemeName;
  /** Whether product coupons are enabled for it (contract 1.5, NO_AUTH). */
  readonly productCoupon: boolean;
  /** Uploads a second, 0 for no limit; undefined is the service's default. */
  readonly quota: number | undefined;
  /** The key that encrypts what is sent to it (contract 11.1). */
  readonly apiV3Key: string;
  /** By serial, upper-case hex. */
  readonly certificates: ReadonlyMap<string, LoadedCertificate>;
  /** Signs answers where the request names no key that we know (contract 3.4). */
  readonly defaultSigner: Signer;
}

export interface LoadedCertificate {
  readonly verifier: Verifier;
  /** Unix seconds. */
  readonly notBefore: number;
  /** Unix seconds. */
  readonly notAfter: number;
  readonly revoked: boolean;
}

/** A platform certificate that is in use, as clients download it (contract 11.1). */
export interface ListedCertificate {
  readonly serialNo: string;
  readonly pem: string;
  /** Unix seconds. */
  readonly notBefore: number;
  /** Unix seconds. */
  readonly notAfter: number;
}

/** The merchants and platform keys in force, held in memory: a look-up costs no query. */
export interface MerchantDirectory {
  /** @returns undefined for who is unknown or disabled: who may call is not told apart (contract 2.11) */
  find(scheme: SchemeName, id: string): Merchant | undefined;
  /** @returns the signer of a platform key in use: a `PUB_KEY_ID_…` or a certificate's serial (contract 3.4) */
  signer(keyId: string): Signer | undefined;
  platformCertificates(): readonly ListedCertificate[];
  close(): void;
}
