import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { canonicalKeyId, isKeyPair, loadCertificate, loadPrivateKey } from '@coupon-media/apiv3';
import {
  generatePublicKeyPair,
  type MerchantStore,
  newApiV3Key,
  type PlatformKeyRecord,
} from '@coupon-media/server';
import { type CertifiedPair, generateCertifiedPair } from './certificate.js';
import {
  absolute,
  CERTIFICATE_MODE_FILE,
  type CertificateModeCredentials,
  CREDENTIALS_FILE,
  type Credentials,
  ENVIRONMENT_FILE,
  environmentLines,
} from './credentials.js';
import { CERTIFICATE_MCHID, type MachineKeys, MCHID } from './machine-keys.js';

const FILES = {
  merchant: { key: 'merchant/apiclient_key.pem', certificate: 'merchant/apiclient_cert.pem' },
  certificateMerchant: {
    key: 'certificate-mode/apiclient_key.pem',
    certificate: 'certificate-mode/apiclient_cert.pem',
  },
  publicKey: 'wechatpay/pub_key.pem',
  platformCertificate: 'wechatpay/platform_cert.pem',
} as const;

/** The files of a folder's keys. */
export const KEY_FILES: readonly string[] = [
  ...Object.values(FILES.merchant),
  ...Object.values(FILES.certificateMerchant),
  FILES.publicKey,
  FILES.platformCertificate,
];

/** The merchants and the platform of a sandbox: everything in its credentials except the address. */
export interface SandboxIdentity {
  /** The merchant in public-key mode, which new merchants of the live service are in. */
  readonly merchant: Omit<Credentials, 'baseUrl'>;
  /** The merchant whose responses are signed with the platform certificate unless a request names another key. */
  readonly certificateMode: Omit<CertificateModeCredentials, 'baseUrl'>;
  /** The merchants' certificates and keys as PEM texts, by mchid, to explain requests with. */
  readonly pairs: ReadonlyMap<string, CertifiedPair>;
  readonly platformCertificatePem: string;
  /** The private keys of the platform as PEM texts, by the canonical form of their ids, to open sensitive fields with. */
  readonly platformKeys: ReadonlyMap<string, string>;
}

export interface IdentityOptions {
  readonly folder: string;
  /** The folder's merchants and platform keys. */
  readonly records: MerchantStore;
  /** Whether its files were just copied from a template, so that each key belongs to its certificate. */
  readonly isCopy: boolean;
  /** Gives the keys for what the folder lacks. */
  keys(): Promise<MachineKeys>;
  readonly now: Date;
}

/** Creates what a sandbox folder lacks (everything on the first run) and keeps what it has. */
export async function ensureIdentity({
  folder,
  records,
  isCopy,
  keys,
  now,
}: IdentityOptions): Promise<SandboxIdentity> {
  const platformKeys = await records.platformKeys();
  const publicKey = await ensurePlatformKey(
    { records, kept: platformKeys, kind: 'public-key' },
    async () => (await keys()).publicKey,
    () => generatePublicKeyPair(Math.floor(now.getTime() / 1000)),
  );
  const certificate = await ensurePlatformKey(
    { records, kept: platformKeys, kind: 'certificate' },
    async () => platformRecord((await keys()).platformCertificate),
    async () => platformRecord(await generateCertifiedPair('CN=coupon-media sandbox platform', now)),
  );
  const merchant = await ensureMerchant(folder, records, MCHID, {
    isCopy,
    files: FILES.merchant,
    pair: async () => (await keys()).merchant,
  });
  const certificateMode = await ensureMerchant(folder, records, CERTIFICATE_MCHID, {
    isCopy,
    files: FILES.certificateMerchant,
    pair: async () => (await keys()).certificateMerchant,
    platformKeyId: certificate.id,
  });
  await Promise.all([
    writeIfOther(folder, FILES.publicKey, publicKey.publicPem),
    writeIfOther(folder, FILES.platformCertificate, certificate.publicPem),
  ]);
  const platform = {
    platformCertificatePath: FILES.platformCertificate,
    platformCertificateSerialNo: certificate.id,
  };
  const { mchid, certificateSerialNo, privateKeyPath, certificatePath, apiV3Key } = merchant.identity;
  return {
    // The order is that of the file, which people read.
    merchant: {
      ...{ mchid, certificateSerialNo, privateKeyPath, certificatePath, apiV3Key },
      wechatPayPublicKeyId: publicKey.id,
      wechatPayPublicKeyPath: FILES.publicKey,
      ...platform,
    },
    certificateMode: { ...certificateMode.identity, ...platform },
    pairs: new Map([
      [MCHID, merchant.pair],
      [CERTIFICATE_MCHID, certificateMode.pair],
    ]),
    platformCertificatePem: certificate.publicPem,
    platformKeys: new Map(
      [...platformKeys, publicKey, certificate].map(({ id, privateKeyPem }) => [
        canonicalKeyId(id),
        privateKeyPem,
      ]),
    ),
  };
}

type MerchantIdentity = Pick<
  Credentials,
  'mchid' | 'certificateSerialNo' | 'privateKeyPath' | 'certificatePath' | 'apiV3Key'
>;

async function ensureMerchant(
  folder: string,
  records: MerchantStore,
  mchid: string,
  {
    isCopy,
    files,
    pair: given,
    platformKeyId,
  }: {
    isCopy: boolean;
    files: { readonly key: string; readonly certificate: string };
    pair: () => Promise<CertifiedPair>;
    platformKeyId?: string;
  },
): Promise<{ identity: MerchantIdentity; pair: CertifiedPair }> {
  const pair = (await readPair(folder, files, isCopy)) ?? (await writePair(folder, files, await given()));
  const known = await records.merchant(mchid);
  const registered = known?.certificates.find(({ pem }) => pem === pair.certificatePem);
  const { serialNo, notBefore, notAfter } = registered ?? loadCertificate(pair.certificatePem);
  const apiV3Key = known?.apiV3Key ?? newApiV3Key();
  if (!known) {
    const profile = { id: mchid, scheme: 'merchant', apiV3Key, enabled: true, productCoupon: true } as const;
    await records.saveMerchant(
      platformKeyId === undefined ? profile : { ...profile, defaultPlatformKeyId: platformKeyId },
    );
  }
  if (!known?.certificates.some((certificate) => certificate.serialNo === serialNo)) {
    await records.addCertificate(mchid, { serialNo, pem: pair.certificatePem, notBefore, notAfter });
  }
  const paths = { privateKeyPath: files.key, certificatePath: files.certificate };
  return { identity: { mchid, certificateSerialNo: serialNo, ...paths, apiV3Key }, pair };
}

/**
 * @returns undefined if one half is missing, unreadable or part of another pair. Another pair is then written and
 *   registered
 */
async function readPair(
  folder: string,
  files: { readonly key: string; readonly certificate: string },
  isCopy: boolean,
): Promise<CertifiedPair | undefined> {
  try {
    const privateKeyPem = await readFile(path.join(folder, files.key), 'utf8');
    const certificatePem = await readFile(path.join(folder, files.certificate), 'utf8');
    const belongs =
      isCopy || isKeyPair(loadPrivateKey(privateKeyPem), loadCertificate(certificatePem).publicKey);
    return belongs ? { privateKeyPem, certificatePem } : undefined;
  } catch {
    return undefined;
  }
}

async function writePair(
  folder: string,
  files: { readonly key: string; readonly certificate: string },
  pair: CertifiedPair,
): Promise<CertifiedPair> {
  await writeWhole(folder, files.key, pair.privateKeyPem, 0o600);
  await writeWhole(folder, files.certificate, pair.certificatePem, 0o644);
  return pair;
}

/**
 * @param machine gives the key of the machine
 * @param generate makes another one, if that of the machine was retired in this folder
 */
async function ensurePlatformKey(
  {
    records,
    kept,
    kind,
  }: { records: MerchantStore; kept: readonly PlatformKeyRecord[]; kind: PlatformKeyRecord['kind'] },
  machine: () => Promise<PlatformKeyRecord>,
  generate: () => Promise<PlatformKeyRecord>,
): Promise<PlatformKeyRecord> {
  const inUse = kept.find((key) => key.kind === kind && key.retiredAt === undefined);
  if (inUse) return inUse;
  const ofMachine = await machine();
  const made = kept.some(({ id }) => id === ofMachine.id) ? await generate() : ofMachine;
  await records.addPlatformKey(made);
  return made;
}

function platformRecord({ privateKeyPem, certificatePem }: CertifiedPair): PlatformKeyRecord {
  const { serialNo, notBefore, notAfter } = loadCertificate(certificatePem);
  return { id: serialNo, kind: 'certificate', privateKeyPem, publicPem: certificatePem, notBefore, notAfter };
}

/** Writes the credentials of both merchants, once the address is known. */
export async function writeCredentials(
  folder: string,
  credentials: Credentials,
  certificateMode: CertificateModeCredentials,
): Promise<void> {
  await Promise.all([
    writeWhole(folder, CREDENTIALS_FILE, `${JSON.stringify(credentials, null, 2)}\n`, 0o600),
    writeWhole(folder, ENVIRONMENT_FILE, environmentLines(absolute(credentials, folder)), 0o600),
    writeWhole(folder, CERTIFICATE_MODE_FILE, `${JSON.stringify(certificateMode, null, 2)}\n`, 0o600),
  ]);
}

/** Writes a public file, unless it has this content. */
async function writeIfOther(folder: string, name: string, text: string): Promise<void> {
  const found = await readFile(path.join(folder, name), 'utf8').catch(() => undefined);
  if (found !== text) await writeWhole(folder, name, text, 0o644);
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
