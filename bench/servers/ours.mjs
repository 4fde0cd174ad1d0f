/** The service as `coupon-media serve` starts it, with no quota. */
import { openEmbeddedMerchants, readConfig, startService } from '@coupon-media/server';

/** @typedef {import('../measure/identity.mjs').Identity} Identity */

/** @type {import('./host.mjs').StartServer} */
export async function start({ folder, identity }) {
  await register(folder, identity);
  const options = { data: folder, host: '127.0.0.1', port: 0, quota: 0, logLevel: 'warn' };
  const service = await startService(readConfig(options, {}));
  return service.address.port;
}

const YEAR = 365 * 24 * 3600;

/**
 * Lets the merchant upload, where the folder does not know it yet.
 * @param {string} folder
 * @param {Identity} identity
 */
async function register(folder, identity) {
  const records = await openEmbeddedMerchants({ folder });
  const { mchid, serialNo, certificatePem: pem } = identity;
  const now = Math.floor(Date.now() / 1000);
  if (!(await records.merchant(mchid))) {
    const apiV3Key = '0123456789abcdef0123456789abcdef';
    await records.saveMerchant({ id: mchid, scheme: 'mchid', apiV3Key, enabled: true, productCoupon: true });
    await records.addCertificate(mchid, { serialNo, pem, notBefore: now - YEAR, notAfter: now + YEAR });
    await records.addPlatformKey({
      id: identity.platformKeyId,
      kind: 'public-key',
      privateKeyPem: identity.platformPrivateKeyPem,
      publicPem: identity.platformPublicKeyPem,
    });
  }
  await records.close();
}
