import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generatePublicKeyPair, type PlatformKeyRecord } from '@coupon-media/server';
import { type CertifiedPair, generateCertifiedPair } from './certificate.js';

/** The keys that all new sandboxes of a user share: four RSA pairs take most of a second. */
export interface MachineKeys {
  /** The API key and certificate of the merchant in public-key mode. */
  readonly merchant: CertifiedPair;
  /** The same of the merchant in certificate mode. */
  readonly certificateMerchant: CertifiedPair;
  readonly publicKey: PlatformKeyRecord;
  readonly platformCertificate: CertifiedPair;
}

/** The merchants of every sandbox; the first is the one in the example of the page. */
export const MCHID = '1900000001';
export const CERTIFICATE_MCHID = '1900000002';

/**
 * Reads the keys of this user's sandboxes. The first of several sandboxes that start at once makes them, and the others
 * read what it wrote.
 *
 * @param folder where they are kept; undefined, and any folder that cannot be used: new keys are returned and not kept
 */
export async function machineKeys(folder: string | undefined): Promise<MachineKeys> {
  if (folder === undefined) return generateKeys();
  const file = path.join(folder, 'keys-1.json');
  const kept = await readKeys(file);
  if (kept) return kept;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // The folder may be older than this version, or have been made with another mode.
    await chmod(folder, 0o700);
    return await makeOnce(file);
  } catch {
    // A home that is read-only costs time at every start, and nothing else.
    return generateKeys();
  }
}

/** Milliseconds after which a process that makes keys is taken for dead. */
const PATIENCE = 15_000;

async function makeOnce(file: string): Promise<MachineKeys> {
  const mark = `${file}.making`;
  while (!(await createMark(mark))) {
    const kept = await readKeys(file);
    if (kept) return kept;
    if (await isOlder(mark, PATIENCE)) break;
    await sleep(20);
  }
  try {
    return (await readKeys(file)) ?? (await publish(file, await generateKeys()));
  } finally {
    await rm(mark, { force: true });
  }
}

/** @returns false if another process has created it */
async function createMark(mark: string): Promise<boolean> {
  try {
    await (await open(mark, 'wx', 0o600)).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isOlder(file: string, milliseconds: number): Promise<boolean> {
  const age = await stat(file).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
  return age > milliseconds;
}

/**
 * Publishes keys under a name that must be free: where two processes made keys because one was taken for dead, both go on with
 * those of the first.
 */
async function publish(file: string, keys: MachineKeys): Promise<MachineKeys> {
  const draft = `${file}.${randomBytes(8).toString('hex')}.new`;
  await writeFile(draft, `${JSON.stringify(keys)}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, file);
    return keys;
  } catch {
    const first = await readKeys(file);
    if (first) return first;
    // What stands there is not a file of keys: it was damaged.
    await rm(file, { force: true });
    await link(draft, file);
    return keys;
  } finally {
    await rm(draft, { force: true });
  }
}

/** @returns undefined if there are no keys, or the file is damaged */
async function readKeys(file: string): Promise<MachineKeys | undefined> {
  try {
    const keys = JSON.parse(await readFile(file, 'utf8')) as Partial<MachineKeys>;
    const { merchant, certificateMerchant, publicKey, platformCertificate } = keys;
    if (!merchant || !certificateMerchant || !publicKey || !platformCertificate) return undefined;
    return { merchant, certificateMerchant, publicKey, platformCertificate };
  } catch {
    return undefined;
  }
}

/** The certificates are valid for as long as a test may set its clock to: X.509's two-digit years end in 2049. */
export const VALIDITY = { from: new Date('2015-01-01T00:00:00Z'), until: new Date('2049-12-31T00:00:00Z') };

async function generateKeys(): Promise<MachineKeys> {
  const certified = (name: string) => generateCertifiedPair(name, VALIDITY.from, VALIDITY.until);
  const [merchant, certificateMerchant, publicKey, platformCertificate] = await Promise.all([
    certified(`CN=${MCHID}, O=coupon-media sandbox`),
    certified(`CN=${CERTIFICATE_MCHID}, O=coupon-media sandbox`),
    generatePublicKeyPair(Math.floor(Date.now() / 1000)),
    certified('CN=coupon-media sandbox platform'),
  ]);
  return { merchant, certificateMerchant, publicKey, platformCertificate };
}
