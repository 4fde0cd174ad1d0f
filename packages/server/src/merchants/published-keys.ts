import {
  loadCertificate,
  loadPrivateKey,
  type PublicKey,
  publicKeyOf,
  publishedKeyName,
  type Text,
} from '@coupon-media/apiv3';
import type { MerchantStore, PlatformKeyRecord } from '../stores/index.js';
import { MerchantError } from './faults.js';

/**
 * @param certificatePem of a merchant
 * @throws MerchantError if everybody can have its private key, KeyFormatError if it cannot be read
 */
export function refusePublishedCertificate(certificatePem: string): void {
  refuse(loadCertificate(certificatePem).publicKey);
}

/** @throws MerchantError if everybody can have the key */
export function refusePublishedPlatformKey({
  privateKeyPem,
}: Pick<PlatformKeyRecord, 'privateKeyPem'>): void {
  refuse(publicKeyOf(loadPrivateKey(privateKeyPem)));
}

function refuse(publicKey: PublicKey): void {
  const key = publishedKeyName(publicKey);
  if (key) throw new MerchantError('keyPublished', {}, { key });
}

/** @returns the id of a merchant or platform key in use that everybody can have, and the name of the key */
export async function findPublishedKey(
  records: MerchantStore,
): Promise<{ readonly id: string; readonly key: Text } | undefined> {
  const keys = (await records.platformKeys()).filter(({ retiredAt }) => retiredAt === undefined);
  const merchants = (await records.merchants()).filter(({ enabled }) => enabled);
  const owned = [
    ...keys.map(({ id, privateKeyPem }) => ({ id, read: () => publicKeyOf(loadPrivateKey(privateKeyPem)) })),
    ...merchants.flatMap(({ id, certificates }) =>
      certificates
        .filter(({ revokedAt }) => revokedAt === undefined)
        .map(({ pem }) => ({ id, read: () => loadCertificate(pem).publicKey })),
    ),
  ];
  for (const { id, read } of owned) {
    const key = nameOf(read);
    if (key) return { id, key };
  }
  return undefined;
}

/** A record that cannot be read is reported by the directory. It keeps no service from starting. */
function nameOf(read: () => PublicKey): Text | undefined {
  try {
    return publishedKeyName(read());
  } catch {
    return undefined;
  }
}
