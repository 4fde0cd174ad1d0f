import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A certificate that is its own authority. */
export interface Certificate {
  readonly key: string;
  readonly certificate: string;
  /** The path of the certificate, for clients. */
  readonly file: string;
  remove(): Promise<void>;
}

/** Makes a certificate with openssl. @param name as openssl writes a name: `IP:127.0.0.1` */
export async function makeCertificate(name: string): Promise<Certificate> {
  const folder = await mkdtemp(path.join(tmpdir(), 'coupon-media-certificate-'));
  const [keyFile, file] = [path.join(folder, 'server.key'), path.join(folder, 'server.crt')];
  const about = ['-subj', '/CN=engine', '-addext', `subjectAltName=${name}`, '-days', '2'];
  const files = ['-keyout', keyFile, '-out', file];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...about, ...files], {
    stdio: 'pipe',
  });
  return {
    key: readFileSync(keyFile, 'utf8'),
    certificate: readFileSync(file, 'utf8'),
    file,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
