/** The merchants and keys of the recorded service. All merchants have the same certificate and differ in one property each. */

export const MERCHANT = '1900000001';
export const BRAND = '1900000002';
export const WITHOUT_PERMISSION = '1900000003';
/** One upload in two seconds. Since time does not move, only one is admitted. */
export const OVER_ITS_RATE = '1900000004';
export const REVOKED = '1900000005';
export const EXPIRED = '1900000006';
export const DISABLED = '1900000007';
export const ANSWERED_BY_CERTIFICATE = '1900000008';

/** The serial of vectors/keys/merchant.cert.pem. */
export const SERIAL = '5157F09EFDC096DE15EBE81A47057A7232F1B8E1';

export const PLATFORM_PUBLIC_KEY = 'PUB_KEY_ID_0119000000012025';
/** The serial of vectors/keys/platform.cert.pem. */
export const PLATFORM_CERTIFICATE = '7132D72A03E93CDDF8C03BBD1F37EEDF5A3C0F4B';

/**
 * @type {ReadonlyArray<{
 *   id: string, productCoupon?: boolean, quota?: number, enabled?: boolean, defaultPlatformKeyId?: string, revoked?: true, expired?: true,
 * }>}
 */
export const MERCHANTS = [
  { id: MERCHANT },
  { id: BRAND },
  { id: WITHOUT_PERMISSION, productCoupon: false },
  { id: OVER_ITS_RATE, quota: 0.5 },
  { id: REVOKED, revoked: true },
  { id: EXPIRED, expired: true },
  { id: DISABLED, enabled: false },
  { id: ANSWERED_BY_CERTIFICATE, defaultPlatformKeyId: PLATFORM_CERTIFICATE },
];
