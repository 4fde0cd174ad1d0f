// A dependency of @peculiar/x509 must be loaded before it.
import 'reflect-metadata';
import { KeyObject, randomBytes, webcrypto } from 'node:crypto';
import { X509CertificateGenerator } from '@peculiar/x509';

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
 */
export async function generateCertifiedPair(name: string, from: Date): Promise<CertifiedPair> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name,
    notBefore: from,
    notAfter: new Date(from.getTime() + VALIDITY),
    keys,
    signingAlgorithm: ALGORITHM,
  });
  return {
    privateKeyPem: String(KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' })),
    certificatePem: `${certificate.toString('pem').trim()}\n`,
  };
}

/**
 * Returns twenty bytes that are positive and do not begin with a zero digit, so that they always have 40 hex digits.
 */
function newSerial(): string {
  return `5${randomBytes(20).toString('hex').slice(1)}`.toUpperCase();
}
