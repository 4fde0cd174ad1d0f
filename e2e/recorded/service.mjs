/** The recorded service as a child process: `service.mjs FOLDER`. It reports its port and ends when its parent disconnects. */
import { readFileSync } from 'node:fs';
import { loadCertificate } from '@coupon-media/apiv3';
import { openEmbeddedMerchants, readConfig, startService } from '@coupon-media/server';
import { MOMENT } from './moment.mjs';
import { BRAND, MERCHANTS, PLATFORM_PUBLIC_KEY } from './world.mjs';

const [folder = ''] = process.argv.slice(2);
await prepare();
const config = {
  data: folder,
  port: 0,
  quotaPerSecond: 0,
  publicUrl: 'https://img.example.com',
  logLevel: 'silent',
};
const service = await startService(readConfig(config, {}));
process.once('disconnect', () => service.stop());
process.send?.(service.address.port);

async function prepare() {
  const records = await openEmbeddedMerchants({ folder });
  const certificate = loadCertificate(key('platform.cert.pem'));
  await records.addPlatformKey({
    id: PLATFORM_PUBLIC_KEY,
    kind: 'public-key',
    privateKeyPem: key('other-merchant.key.pem'),
    publicPem: String(
      loadCertificate(key('other-merchant.cert.pem')).publicKey.export({ type: 'spki', format: 'pem' }),
    ),
  });
  await records.addPlatformKey({
    id: certificate.serialNo,
    kind: 'certificate',
    privateKeyPem: key('platform.key.pem'),
    publicPem: key('platform.cert.pem'),
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
  });
  for (const { id, expired, revoked, ...profile } of MERCHANTS) {
    await records.saveMerchant({
      scheme: id === BRAND ? 'brand' : 'merchant',
      apiV3Key: '0123456789abcdefghijklmnopqrstuv',
      enabled: true,
      productCoupon: true,
      id,
      ...profile,
    });
    const pem = key('merchant.cert.pem');
    const { serialNo, notBefore, notAfter } = loadCertificate(pem);
    const until = expired ? MOMENT - 1 : notAfter;
    await records.addCertificate(id, { serialNo, pem, notBefore, notAfter: until });
    if (revoked) await records.revokeCertificate(id, serialNo, MOMENT - 1);
  }
  await records.close();
}

/** @param {string} name */
function key(name) {
  return readFileSync(new URL(`../../vectors/keys/${name}`, import.meta.url), 'utf8');
}
