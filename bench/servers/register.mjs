/** Registers the merchant of the measurements. */

const YEAR = 365 * 24 * 3600;

/**
 * Adds the merchant and the platform key to the records, as far as they are missing, and closes the records.
 * @param {import('@coupon-media/server').MerchantStore} records
 * @param {import('../identity.mjs').Identity} identity
 */
export async function register(records, identity) {
  const { mchid, serialNo, certificatePem: pem } = identity;
  const now = Math.floor(Date.now() / 1000);
  if (!(await records.merchant(mchid))) {
    const apiV3Key = '0123456789abcdef0123456789abcdef';
    await records.saveMerchant({
      id: mchid,
      scheme: 'merchant',
      apiV3Key,
      enabled: true,
      productCoupon: true,
    });
    await records.addCertificate(mchid, { serialNo, pem, notBefore: now - YEAR, notAfter: now + YEAR });
  }
  if ((await records.platformKeys()).length === 0) {
    await records.addPlatformKey({
      id: identity.platformKeyId,
      kind: 'public-key',
      privateKeyPem: identity.platformPrivateKeyPem,
      publicPem: identity.platformPublicKeyPem,
    });
  }
  await records.close();
}
