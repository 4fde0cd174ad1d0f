import { KeyObject, randomBytes, webcrypto } from 'node:crypto';

/** A key pair and its certificate, as PEM texts. */
export interface CertifiedPair {
  privateKeyPem: string;
  certificatePem: string;
}

const ALGORITHM = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};

/** Five years, the validity of the live platform's certificates. */
const VALIDITY = 5 * 365 * 24 * 60 * 60 * 1000;

/**
 * Generates an RSA-2048 key pair and a self-signed X.509 certificate with a serial of 40 hex digits.
 *
 * @param name the subject: `CN=1900000001, O=…`
 * @param from the start of its validity
 * @param until the end of its validity; default: five years later
 */
export async function generateCertifiedPair(
  name: string,
  from: Date,
  until: Date = new Date(from.getTime() + VALIDITY),
): Promise<CertifiedPair> {
  const { X509CertificateGenerator } = await loadX509();
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name,
    notBefore: from,
    notAfter: until,
    keys,
    signingAlgorithm: ALGORITHM,
  });
  return {
    privateKeyPem: String(KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' })),
    certificatePem: `${certificate.toString('pem').trim()}\n`,
  };
}

/**
 * The library takes as long to load as everything else together, and only the first start on a machine needs it.
 *
 * @internal Its types want those of a browser, which users of this package may not have.
 */
export async function loadX509(): Promise<typeof import('@peculiar/x509')> {
  // A dependency of @peculiar/x509 must be loaded before it.
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

/**
 * Returns twenty bytes that are positive and do not begin with a zero digit, so that they always have 40 hex digits.
 */
export function newSerial(): string {
  return `5${randomBytes(20).toString('hex').slice(1)}`.toUpperCase();
}
