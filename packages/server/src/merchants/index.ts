import type { SchemeName, Signer, Verifier } from '@coupon-media/apiv3';

/** A merchant that may call, with its keys parsed. */
export interface Merchant {
  /** The mchid, or the brand_id of a brand. */
  readonly id: string;
  readonly scheme: SchemeName;
  /** Whether product coupons are enabled for the merchant. */
  readonly productCoupon: boolean;
  /** Uploads per second; 0 means no limit, undefined means the default of the service. */
  readonly quota: number | undefined;
  /** The key that encrypts the certificates sent to this merchant. */
  readonly apiV3Key: string;
  /** Certificates by the canonical form of their serials. */
  readonly certificates: ReadonlyMap<string, LoadedCertificate>;
  /** Signs the response if the request names no known key. */
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

/** A platform certificate that is in use, as clients download it. */
export interface ListedCertificate {
  readonly serialNo: string;
  readonly pem: string;
  /** Unix seconds. */
  readonly notBefore: number;
  /** Unix seconds. */
  readonly notAfter: number;
}

/** The merchants and platform keys in force, held in memory. A look-up runs no query. */
export interface MerchantDirectory {
  /** @returns undefined for a merchant that is unknown or disabled. Callers are not told which (contract 2.11) */
  find(scheme: SchemeName, id: string): Merchant | undefined;
  /** @returns the signer of a platform key in use, by its `PUB_KEY_ID_…` or its certificate's serial (contract 3.4) */
  signer(keyId: string): Signer | undefined;
  platformCertificates(): readonly ListedCertificate[];
  close(): void;
}
