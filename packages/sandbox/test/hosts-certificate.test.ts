import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect, createServer } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { type CertificateName, makeHostsCertificate } from '../dist/hosts/certificate.js';
import { type KeptCertificate, keptCertificate } from '../dist/hosts/kept-certificate.js';
import { HOSTS } from '../dist/hosts/names.js';

const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.now();

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'coupon-media-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** @returns how a client that trusts the CA finds the certificate, if it asks for a name */
async function verified(names: readonly CertificateName[] | undefined, servername: string): Promise<string> {
  const { caPem, certificatePem, privateKeyPem } = await makeHostsCertificate(NOW, names);
  const server = createServer({ cert: certificatePem, key: privateKeyPem }).on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const isIp = servername === '127.0.0.1';
  const socket = connect({ host: '127.0.0.1', port, ca: caPem, ...(isIp ? {} : { servername }) });
  const found = await new Promise<string>((resolve) => {
    socket.once('secureConnect', () => resolve('trusted'));
    socket.once('error', (error) => resolve(error.message));
  });
  socket.destroy();
  server.close();
  return found;
}

test('the CA is for the hosts alone, signs no other CA, and ends after 30 days', async () => {
  const { caPem, certificatePem } = await makeHostsCertificate(NOW);
  const [ca, certificate] = [new X509Certificate(caPem), new X509Certificate(certificatePem)];
  expect(ca.ca).toBe(true);
  expect(certificate.ca).toBe(false);
  expect(certificate.checkIssued(ca)).toBe(true);
  expect(certificate.verify(ca.publicKey)).toBe(true);
  expect(certificate.subjectAltName).toBe(HOSTS.map((host) => `DNS:${host}`).join(', '));
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  for (const { validFrom, validTo } of [ca, certificate])
    expect(Date.parse(validTo) - Date.parse(validFrom)).toBe(30 * DAY);
  // Object identifier, critical, and the value: basic constraints of a CA whose path length is 0.
  expect(ca.raw.toString('hex')).toContain('0603551d130101ff040830060101ff020100');
  // Object identifier of name constraints, critical.
  expect(ca.raw.toString('hex')).toContain('0603551d1e0101ff04');
});

test.each([...HOSTS])('a program that trusts the CA accepts %s', async (host) => {
  expect(await verified(undefined, host)).toBe('trusted');
});

test.each([
  [{ type: 'dns', value: 'example.com' }, 'example.com', 'permitted subtree violation'],
  [{ type: 'dns', value: 'mch.weixin.qq.com' }, 'mch.weixin.qq.com', 'permitted subtree violation'],
  [{ type: 'ip', value: '127.0.0.1' }, '127.0.0.1', 'excluded subtree violation'],
] as const)('what the CA would have signed for %o is refused', async (name, servername, words) => {
  expect(await verified([name], servername)).toBe(words);
});

test('sandboxes of one user share the CA, and a folder keeps it', async () => {
  const cache = path.join(await temporaryFolder(), 'cache');
  const [one, two] = [await temporaryFolder(), await temporaryFolder()];
  const first = await keptCertificate({ folder: one, cache }, NOW);
  const second = await keptCertificate({ folder: two, cache }, NOW);
  expect(second.caPem).toBe(first.caPem);
  await rm(cache, { recursive: true });
  const again = await keptCertificate({ folder: one, cache }, NOW + DAY);
  expect([again.caPem, again.isAnother]).toEqual([first.caPem, false]);
  expect(again.caPath).toBe(path.join(one, 'tls/ca.pem'));
  expect(await readFile(again.caPath, 'utf8')).toBe(first.caPem);
  expect((await stat(path.join(one, 'tls/hosts-1.json'))).mode & 0o777).toBe(0o600);
});

test('no file holds the private key of the CA', async () => {
  const folder = await temporaryFolder();
  const { caPem } = await keptCertificate({ folder, cache: undefined }, NOW);
  const kept = JSON.parse(await readFile(path.join(folder, 'tls/hosts-1.json'), 'utf8')) as KeptCertificate;
  expect(Object.keys(kept)).toEqual(['caPem', 'certificatePem', 'privateKeyPem']);
  expect(kept.privateKeyPem.match(/PRIVATE KEY-----\n/g)).toHaveLength(2);
  expect(new X509Certificate(caPem).checkPrivateKey(createPrivateKey(kept.privateKeyPem))).toBe(false);
});

test('several that start at once have one CA', async () => {
  const cache = path.join(await temporaryFolder(), 'cache');
  const folders = await Promise.all(Array.from({ length: 6 }, temporaryFolder));
  const found = await Promise.all(folders.map((folder) => keptCertificate({ folder, cache }, NOW)));
  expect(new Set(found.map(({ caPem }) => caPem)).size).toBe(1);
});

test('after 30 days, and within the last one, another CA is made, and it is said', async () => {
  const cache = path.join(await temporaryFolder(), 'cache');
  const folder = await temporaryFolder();
  const first = await keptCertificate({ folder, cache }, NOW);
  expect(first.isAnother).toBe(false);
  const later = await keptCertificate({ folder, cache }, NOW + 29.5 * DAY);
  expect([later.isAnother, later.caPem === first.caPem]).toEqual([true, false]);
  expect(later.until.getTime()).toBeGreaterThan(NOW + 58 * DAY);
  // The user's other sandboxes take it, too.
  const other = await keptCertificate({ folder: await temporaryFolder(), cache }, NOW + 29.5 * DAY);
  expect(other.caPem).toBe(later.caPem);
});

test('a damaged file is replaced', async () => {
  const folder = await temporaryFolder();
  await mkdir(path.join(folder, 'tls'));
  await writeFile(path.join(folder, 'tls/hosts-1.json'), '{"caPem":"');
  const { certificatePem } = await keptCertificate({ folder, cache: undefined }, NOW);
  expect(new X509Certificate(certificatePem).subjectAltName).toContain(HOSTS[0]);
});
