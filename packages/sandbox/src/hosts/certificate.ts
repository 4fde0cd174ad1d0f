import { KeyObject, webcrypto } from 'node:crypto';
import { loadX509, newSerial } from '../identity/certificate.js';
import { HOSTS } from './names.js';

/** What a TLS server of the hosts needs, as PEM texts. The CA's private key is not among it. */
export interface HostsCertificate {
  readonly caPem: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export interface CertificateName {
  readonly type: 'dns' | 'ip';
  readonly value: string;
}

/** The curve that every implementation of TLS 1.2 and 1.3 has; a key takes a millisecond. */
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

const HOUR = 60 * 60 * 1000;
const VALIDITY = 30 * 24 * HOUR;

/**
 * Makes a CA, one certificate for the hosts, and its key. The CA's private key cannot be exported and is not kept, so that it never
 * signs anything else. What trusts this CA trusts it for these hosts alone: its name constraints are critical.
 *
 * @param now a time of the machine's clock, in Unix milliseconds: programs judge certificates by that clock, not by the sandbox's
 * @param names the names in the certificate: others than the hosts are refused by whoever verifies it, which tests show
 */
export async function makeHostsCertificate(
  now: number,
  names: readonly CertificateName[] = HOSTS.map((value) => ({ type: 'dns', value })),
): Promise<HostsCertificate> {
  const x509 = await loadX509();
  const makeKeys = (extractable: boolean) =>
    webcrypto.subtle.generateKey(ALGORITHM, extractable, ['sign', 'verify']);
  const [ca, leaf] = await Promise.all([makeKeys(false), makeKeys(true)]);
  const serial = newSerial();
  // The name differs from that of the last CA, so that no program takes one for the other.
  const issuer = `CN=coupon-media sandbox CA ${serial.slice(0, 8)}, O=not WeChat Pay`;
  const signed = {
    issuer,
    // A container's clock may be a little behind.
    notBefore: new Date(now - HOUR),
    notAfter: new Date(now - HOUR + VALIDITY),
    signingKey: ca.privateKey,
    signingAlgorithm: ALGORITHM,
  };
  const forServers = new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]);
  const authority = await x509.AuthorityKeyIdentifierExtension.create(ca.publicKey);
  const caCertificate = await x509.X509CertificateGenerator.create({
    ...{ ...signed, serialNumber: serial, subject: issuer, publicKey: ca.publicKey },
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      new x509.Extension(NAME_CONSTRAINTS, true, nameConstraints()),
      forServers,
      await x509.SubjectKeyIdentifierExtension.create(ca.publicKey),
      authority,
    ],
  });
  const certificate = await x509.X509CertificateGenerator.create({
    ...{ ...signed, serialNumber: newSerial(), subject: `CN=${HOSTS[0]}`, publicKey: leaf.publicKey },
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      forServers,
      new x509.SubjectAlternativeNameExtension([...names]),
      await x509.SubjectKeyIdentifierExtension.create(leaf.publicKey),
      authority,
    ],
  });
  return {
    caPem: `${caCertificate.toString('pem').trim()}\n`,
    certificatePem: `${certificate.toString('pem').trim()}\n`,
    privateKeyPem: String(KeyObject.from(leaf.privateKey).export({ type: 'pkcs8', format: 'pem' })),
  };
}

const NAME_CONSTRAINTS = '2.5.29.30';

/** The kinds of GeneralName and the two lists of NameConstraints (RFC 5280, 4.2.1.6 and 4.2.1.10), as tags of DER. */
const TAG = { sequence: 0x30, permitted: 0xa0, excluded: 0xa1, dns: 0x82, ip: 0x87 } as const;

/**
 * The hosts are permitted. A list of permitted DNS names says nothing of IP addresses, so that all of them, which is address 0 with mask 0
 * in both versions, are excluded.
 */
function nameConstraints(): Uint8Array<ArrayBuffer> {
  const subtree = (tag: number, base: Uint8Array) => der(TAG.sequence, der(tag, base));
  const permitted = HOSTS.map((host) => subtree(TAG.dns, Buffer.from(host, 'ascii')));
  const excluded = [8, 32].map((bytes) => subtree(TAG.ip, new Uint8Array(bytes)));
  return der(TAG.sequence, der(TAG.permitted, ...permitted), der(TAG.excluded, ...excluded));
}

function der(tag: number, ...content: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.concat(content);
  // From 128 on, one byte tells that one byte of length follows. Nothing here is longer than 255.
  const head = bytes.length < 128 ? [tag, bytes.length] : [tag, 0x81, bytes.length];
  return Uint8Array.from([...head, ...bytes]);
}
