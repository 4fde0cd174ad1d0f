import { loadCertificate } from '@coupon-media/apiv3';
import { generatePublicKeyPair, type PlatformKeyRecord } from '@coupon-media/server';
import { generateCertifiedPair } from '../identity/certificate.js';
import { once } from '../run/once.js';

/** The keys that the platform has after a rotation. They are kept in memory: the folder stays as it is. */
export interface NextKeys {
  readonly publicKey: PlatformKeyRecord;
  readonly certificate: PlatformKeyRecord;
}

/**
 * @param now Unix milliseconds
 * @returns a function that makes the keys when they are first asked for, since that takes a quarter of a second
 */
export function createNextKeys(now: () => number): () => Promise<NextKeys> {
  return once(async () => {
    const [publicKey, pair] = await Promise.all([
      generatePublicKeyPair(Math.floor(now() / 1000)),
      generateCertifiedPair('CN=coupon-media sandbox platform', new Date(now())),
    ]);
    const { serialNo, notBefore, notAfter } = loadCertificate(pair.certificatePem);
    const { privateKeyPem, certificatePem: publicPem } = pair;
    return {
      publicKey,
      certificate: { id: serialNo, kind: 'certificate', privateKeyPem, publicPem, notBefore, notAfter },
    };
  });
}
