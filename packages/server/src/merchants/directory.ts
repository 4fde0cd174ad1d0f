import {
  canonicalKeyId,
  createSigner,
  createVerifier,
  loadCertificate,
  loadPrivateKey,
  type SchemeName,
  type Signer,
} from '@coupon-media/apiv3';
import type { MerchantRecord, MerchantStore, PlatformKeyRecord } from '../stores/index.js';
import type { ListedCertificate, Merchant, MerchantDirectory } from './index.js';
import { inOrderOfPreference } from './platform-key.js';

/** Milliseconds between checks whether another process changed the records. A check runs no query on them. */
const LOOK_INTERVAL = 500;

/**
 * Reads merchants and platform keys, parses each key once, and reads them again when they change.
 *
 * @param onError receives what could not be read. The records that were read before stay in force
 * @throws NoPlatformKeyError if there is no key to sign responses with
 */
export async function openDirectory(
  records: MerchantStore,
  onError: (error: unknown) => void,
): Promise<MerchantDirectory & { counts(): DirectoryCounts }> {
  let seen = records.version();
  let current = await read(records, onError);
  let reading: Promise<void> | undefined;

  let lastFailure: string | undefined;

  const timer = setInterval(() => {
    if (reading) return;
    reading = refresh()
      .then(() => {
        lastFailure = undefined;
      }, failed)
      .finally(() => {
        reading = undefined;
      });
  }, LOOK_INTERVAL);
  timer.unref();

  /** The read is repeated at every check, and its failure is reported once. */
  function failed(error: unknown): void {
    if (String(error) !== lastFailure) onError(error);
    lastFailure = String(error);
  }

  async function refresh(): Promise<void> {
    const version = records.version();
    if (version === seen) return;
    current = await read(records, onError);
    seen = version;
  }

  return {
    find: (scheme, id) => current.merchants.get(directoryKey(scheme, id)),
    signer: (keyId) => current.signers.get(canonicalKeyId(keyId)),
    platformCertificates: () => current.certificates,
    counts: () => current.counts,
    close: () => clearInterval(timer),
  };
}

/** The number of keys and merchants, and when their certificates expire. They are counted when the records are read. */
export interface DirectoryCounts {
  /** Platform keys that are in use and readable. */
  readonly platformKeys: number;
  /** Enabled merchants. */
  readonly merchants: number;
  /**
   * For each merchant, the Unix second at which its last certificate expires, in ascending order. Revoked certificates
   * do not count.
   */
  readonly certificateExpiries: readonly number[];
}

/** There is no key to sign responses with. */
class NoPlatformKeyError extends Error {
  override readonly name = 'NoPlatformKeyError';
  readonly code = 'NO_PLATFORM_KEY';
}

interface Contents {
  merchants: ReadonlyMap<string, Merchant>;
  signers: ReadonlyMap<string, Signer>;
  certificates: readonly ListedCertificate[];
  counts: DirectoryCounts;
}

async function read(records: MerchantStore, onError: (error: unknown) => void): Promise<Contents> {
  const keys = (await records.platformKeys()).filter((key) => key.retiredAt === undefined);
  const signers = new Map(
    legible(keys, onError, (key) => [
      canonicalKeyId(key.id),
      createSigner(key.id, loadPrivateKey(key.privateKeyPem)),
    ]),
  );
  const fallback = defaultSigner(keys, signers);
  if (!fallback) throw new NoPlatformKeyError('there is no platform key in use to sign responses with');
  const enabled = (await records.merchants()).filter((record) => record.enabled);
  const merchants = legible(enabled, onError, (record) => merchantOf(record, signers, fallback, onError));
  return {
    merchants: new Map(merchants.map((merchant) => [directoryKey(merchant.scheme, merchant.id), merchant])),
    signers,
    certificates: keys.flatMap(platformCertificate),
    counts: {
      platformKeys: signers.size,
      merchants: merchants.length,
      certificateExpiries: merchants.map(validUntil).sort((a, b) => a - b),
    },
  };
}

function defaultSigner(
  keys: readonly PlatformKeyRecord[],
  signers: ReadonlyMap<string, Signer>,
): Signer | undefined {
  return inOrderOfPreference(keys)
    .map((key) => signers.get(canonicalKeyId(key.id)))
    .find((signer) => signer !== undefined);
}

function merchantOf(
  record: MerchantRecord,
  signers: ReadonlyMap<string, Signer>,
  fallback: Signer,
  onError: (error: unknown) => void,
): Merchant {
  const certificates = legible(record.certificates, onError, (row) => {
    const { serialNo, publicKey, notBefore, notAfter } = loadCertificate(row.pem);
    const verifier = createVerifier(serialNo, publicKey);
    return { verifier, notBefore, notAfter, revoked: row.revokedAt !== undefined };
  });
  return {
    id: record.id,
    scheme: record.scheme,
    productCoupon: record.productCoupon,
    quota: record.quota,
    apiV3Key: record.apiV3Key,
    certificates: new Map(
      certificates.map((certificate) => [canonicalKeyId(certificate.verifier.keyId), certificate]),
    ),
    defaultSigner: signers.get(canonicalKeyId(record.defaultPlatformKeyId ?? '')) ?? fallback,
  };
}

/** @returns Unix seconds; 0 for a merchant whose certificates are all revoked */
function validUntil({ certificates }: Merchant): number {
  const ends = [...certificates.values()].map(({ revoked, notAfter }) => (revoked ? 0 : notAfter));
  return Math.max(0, ...ends);
}

function platformCertificate({ kind, id, publicPem }: PlatformKeyRecord): ListedCertificate[] {
  if (kind !== 'certificate') return [];
  const { notBefore, notAfter } = loadCertificate(publicPem);
  return [{ serialNo: id, pem: publicPem, notBefore, notAfter }];
}

/** Parses every record that can be parsed. One bad record does not affect the others. */
function legible<T, U>(rows: readonly T[], onError: (error: unknown) => void, parse: (row: T) => U): U[] {
  return rows.flatMap((row) => {
    try {
      return [parse(row)];
    } catch (error) {
      onError(error);
      return [];
    }
  });
}

function directoryKey(scheme: SchemeName, id: string): string {
  return `${scheme} ${id}`;
}
