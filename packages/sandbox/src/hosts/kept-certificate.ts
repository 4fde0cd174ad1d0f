import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type HostsCertificate, makeHostsCertificate } from './certificate.js';

/** Where certificates are kept. */
export interface CertificatePlace {
  /** The sandbox's folder. */
  readonly folder: string;
  /** What all sandboxes of this user share; undefined: the folder gets a CA of its own. */
  readonly cache: string | undefined;
}

/** A certificate that is in the sandbox's folder. */
export interface KeptCertificate extends HostsCertificate {
  /** The absolute path of the CA. */
  readonly caPath: string;
  readonly until: Date;
  /** Whether programs that trust the folder's earlier CA have to load another one. */
  readonly isAnother: boolean;
}

/**
 * Gives the certificate of a folder. One that has ended, or ends within a day, is replaced by that of the user's other sandboxes, or by a
 * new one. The CA stays the same for as long as possible, since programs had to be given it.
 *
 * @param now a time of the machine's clock, in Unix milliseconds
 */
export async function keptCertificate(
  { folder, cache }: CertificatePlace,
  now: number,
): Promise<KeptCertificate> {
  const [file, caPath] = [path.join(folder, 'tls', FILE), path.join(folder, 'tls', 'ca.pem')];
  const earlier = await readFile(caPath, 'utf8').catch(() => undefined);
  const certificate =
    (await readUsable(file, now)) ??
    (cache === undefined ? undefined : await shared(path.join(cache, FILE), now)) ??
    (await makeHostsCertificate(now));
  await mkdir(path.join(folder, 'tls'), { recursive: true, mode: 0o700 });
  await replace(file, JSON.stringify(certificate), 0o600);
  await replace(caPath, certificate.caPem, 0o644);
  const isAnother = earlier !== undefined && earlier !== certificate.caPem;
  return { ...certificate, caPath, until: endOf(certificate), isAnother };
}

const FILE = 'hosts-1.json';

/** A start on the last day would end in the middle of somebody's work. */
const DAY = 24 * 60 * 60 * 1000;

function isUsable(certificate: HostsCertificate, now: number): boolean {
  return endOf(certificate).getTime() - DAY > now;
}

function endOf({ certificatePem }: HostsCertificate): Date {
  return new Date(new X509Certificate(certificatePem).validTo);
}

/** @returns undefined if there is none, it has ended, or the file is damaged */
async function readUsable(file: string, now: number): Promise<HostsCertificate | undefined> {
  try {
    const kept = JSON.parse(await readFile(file, 'utf8')) as HostsCertificate;
    const { caPem, certificatePem, privateKeyPem } = kept;
    const certificate = new X509Certificate(certificatePem);
    const isWhole =
      certificate.checkPrivateKey(createPrivateKey(privateKeyPem)) &&
      certificate.verify(new X509Certificate(caPem).publicKey);
    return isWhole && isUsable(kept, now) ? { caPem, certificatePem, privateKeyPem } : undefined;
  } catch {
    return undefined;
  }
}

/** @returns the certificate of the user's sandboxes, or undefined if the cache cannot be written */
async function shared(file: string, now: number): Promise<HostsCertificate | undefined> {
  const kept = await readUsable(file, now);
  if (kept) return kept;
  const made = await makeHostsCertificate(now);
  const draft = draftOf(file);
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(draft, JSON.stringify(made), { mode: 0o600, flag: 'wx' });
    // Of several sandboxes that start at once, the first names its file so, and the others take that one.
    await link(draft, file);
    return made;
  } catch {
    const first = await readUsable(file, now);
    if (first) return first;
    return rename(draft, file).then(
      () => made,
      () => undefined,
    );
  } finally {
    await rm(draft, { force: true }).catch(() => {});
  }
}

async function replace(file: string, text: string, mode: number): Promise<void> {
  if ((await readFile(file, 'utf8').catch(() => undefined)) === text) return;
  const draft = draftOf(file);
  await writeFile(draft, text, { mode, flag: 'wx' });
  await rename(draft, file);
}

function draftOf(file: string): string {
  return `${file}.${randomBytes(8).toString('hex')}.new`;
}
