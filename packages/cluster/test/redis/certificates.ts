import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const openssl = (args: string[]) => promisify(execFile)('openssl', args);

/** Makes a private authority, and a certificate and key from it for 127.0.0.1, which servers and clients may use. */
export async function makeCertificates(
  folder: string,
): Promise<{ ca: string; certificate: string; key: string }> {
  const at = (name: string) => path.join(folder, name);
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  await openssl([
    'req',
    '-x509',
    ...fresh,
    '-subj',
    '/CN=ours',
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
  ]);
  await openssl(['req', ...fresh, '-subj', '/CN=redis', '-keyout', at('own.key'), '-out', at('own.csr')]);
  await writeFile(at('extensions'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  const from = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-extfile', at('extensions')];
  await openssl(['x509', '-req', '-in', at('own.csr'), ...from, '-out', at('own.pem')]);
  return { ca: at('ca.pem'), certificate: at('own.pem'), key: at('own.key') };
}
