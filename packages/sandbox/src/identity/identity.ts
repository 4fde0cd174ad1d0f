import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isKeyPair, loadCertificate, loadPrivateKey } from '@coupon-media/apiv3';
import {
  generatePublicKeyPair,
  type MerchantStore,
  newApiV3Key,
  type PlatformKeyRecord,
} from '@coupon-media/server';
import { type CertifiedPair, generateCertifiedPair } from './certificate.js';
import { CREDENTIALS_FILE, type Credentials } from './credentials.js';

/** The merchant of a sandbox, as in the example of the page. */
const MCHID = '1900000001';

const FILES = {
  privateKeyPath: 'merchant/apiclient_key.pem',
  certificatePath: 'merchant/apiclient_cert.pem',
  wechatPayPublicKeyPath: 'wechatpay/pub_key.pem',
  platformCertificatePath: 'wechatpay/platform_cert.pem',
} as const;

/** The merchant and the platform of a sandbox: everything in credentials.json except the address. */
export type SandboxIdentity = Omit<Credentials, 'baseUrl'>;

/**
 * Creates what a sandbox folder lacks (everything on the first run) and keeps what it has.
 *
 * @param records the folder's merchants and platform keys
 */
export async function ensureIdentity(
  folder: string,
  records: MerchantStore,
  now: Date,
): Promise<SandboxIdentity> {
  const { certificatePem } = await ensureMerchantFiles(folder, now);
  const { serialNo: certificateSerialNo, ...validity } = loadCertificate(certificatePem);
  const known = await records.merchant(MCHID);
  const apiV3Key = known?.apiV3Key ?? newApiV3Key();
  if (!known) {
    await records.saveMerchant({
      id: MCHID,
      scheme: 'merchant',
      apiV3Key,
      enabled: true,
      productCoupon: true,
    });
  }
  if (!known?.certificates.some((certificate) => certificate.serialNo === certificateSerialNo)) {
    const { notBefore, notAfter } = validity;
    await records.addCertificate(MCHID, {
      serialNo: certificateSerialNo,
      pem: certificatePem,
      notBefore,
      notAfter,
    });
  }
  const publicKey = await ensurePlatformKey(records, 'public-key', () => generatePublicKeyPair(seconds(now)));
  const certificate = await ensurePlatformKey(records, 'certificate', () => generatePlatformCertificate(now));
  await writeWhole(folder, FILES.wechatPayPublicKeyPath, publicKey.publicPem, 0o644);
  await writeWhole(folder, FILES.platformCertificatePath, certificate.publicPem, 0o644);
  return {
    mchid: MCHID,
    certificateSerialNo,
    privateKeyPath: FILES.privateKeyPath,
    certificatePath: FILES.certificatePath,
    apiV3Key,
    wechatPayPublicKeyId: publicKey.id,
    wechatPayPublicKeyPath: FILES.wechatPayPublicKeyPath,
    platformCertificatePath: FILES.platformCertificatePath,
    platformCertificateSerialNo: certificate.id,
  };
}

async function ensureMerchantFiles(folder: string, now: Date): Promise<CertifiedPair> {
  const kept = await readPair(folder);
  if (kept) return kept;
  const made = await generateCertifiedPair(`CN=${MCHID}, O=coupon-media sandbox`, now);
  await writeWhole(folder, FILES.privateKeyPath, made.privateKeyPem, 0o600);
  await writeWhole(folder, FILES.certificatePath, made.certificatePem, 0o644);
  return made;
}

/**
 * @returns undefined if one half is missing, unreadable or part of another pair. A new pair is then generated and
 *   registered
 */
async function readPair(folder: string): Promise<CertifiedPair | undefined> {
  try {
    const privateKeyPem = await readFile(path.join(folder, FILES.privateKeyPath), 'utf8');
    const certificatePem = await readFile(path.join(folder, FILES.certificatePath), 'utf8');
    const belongs = isKeyPair(loadPrivateKey(privateKeyPem), loadCertificate(certificatePem).publicKey);
    return belongs ? { privateKeyPem, certificatePem } : undefined;
  } catch {
    return undefined;
  }
}

async function ensurePlatformKey(
  records: MerchantStore,
  kind: PlatformKeyRecord['kind'],
  generate: () => Promise<PlatformKeyRecord>,
): Promise<PlatformKeyRecord> {
  const kept = (await records.platformKeys()).find((key) => key.kind === kind && key.retiredAt === undefined);
  if (kept) return kept;
  const made = await generate();
  await records.addPlatformKey(made);
  return made;
}

async function generatePlatformCertificate(now: Date): Promise<PlatformKeyRecord> {
  const { privateKeyPem, certificatePem } = await generateCertifiedPair(
    'CN=coupon-media sandbox platform',
    now,
  );
  const { serialNo, notBefore, notAfter } = loadCertificate(certificatePem);
  return { id: serialNo, kind: 'certificate', privateKeyPem, publicPem: certificatePem, notBefore, notAfter };
}

/** Writes `credentials.json`. */
export function writeCredentials(folder: string, credentials: Credentials): Promise<void> {
  return writeWhole(folder, CREDENTIALS_FILE, `${JSON.stringify(credentials, null, 2)}\n`, 0o600);
}

/**
 * Writes a temporary file and renames it, so that readers see either the old file or the new one. The temporary name is
 * random and created exclusively, so that no link is followed, and the file gets this mode whatever its previous mode
 * was.
 */
async function writeWhole(folder: string, name: string, text: string, mode: number): Promise<void> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  const draft = `${file}.${randomBytes(8).toString('hex')}.new`;
  await writeFile(draft, text, { mode, flag: 'wx' });
  await rename(draft, file);
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
