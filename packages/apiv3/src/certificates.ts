import { decryptResource, type EncryptedResource, encryptResource } from './cipher.js';
import { type Certificate, canonicalKeyId, loadCertificate } from './keys.js';
import { type ResponseToVerify, verifyResponse } from './response.js';
import { createKeyRing, createVerifier } from './signature.js';
import { orUntrusted, UntrustedMessageError } from './untrusted.js';

/** The endpoint that clients in certificate mode call before any other (contract 11.1). */
export const CERTIFICATES_PATH = '/v3/certificates';

/** A platform certificate with its PEM text. */
export interface PlatformCertificate extends Certificate {
  pem: string;
}

/**
 * Opens the response of `GET /v3/certificates`. Two facts prove it: its sender has the merchant's APIv3 key, and a certificate
 * in the list signed the response (contract 11.1).
 *
 * @param now Unix seconds
 * @throws UntrustedMessageError with the `fault`
 * @example
 * ```ts
 * import { openCertificates } from '@coupon-media/apiv3';
 *
 * export async function platformCertificates(response: Response, apiV3Key: string): Promise<string[]> {
 *   const header = (name: string) => response.headers.get(name) ?? undefined;
 *   const body = await response.text();
 *   const certificates = await openCertificates({ header, body }, apiV3Key, Date.now() / 1000);
 *   return certificates.map(({ pem }) => pem);
 * }
 * ```
 */
export async function openCertificates(
  response: ResponseToVerify,
  apiV3Key: string,
  now: number,
): Promise<PlatformCertificate[]> {
  const certificates = readCertificates(response.body, apiV3Key);
  const verifiers = certificates.map(({ serialNo, publicKey }) => createVerifier(serialNo, publicKey));
  const fault = await verifyResponse(response, createKeyRing(verifiers), now);
  if (fault) throw new UntrustedMessageError(SUBJECT, fault);
  return certificates;
}

/**
 * Reads the body of `GET /v3/certificates`. It does not prove that the body is fresh; openCertificates does.
 *
 * @throws UntrustedMessageError with the fault `malformed` or `undecipherable`
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { readCertificates, writeCertificates } from '@coupon-media/apiv3';
 *
 * const apiV3Key = '0123456789abcdef0123456789abcdef';
 * const pem = readFileSync('platform_cert.pem', 'utf8');
 * const body = writeCertificates([{ pem, nonce: 'a1b2c3d4e5f6' }], apiV3Key);
 * console.log(readCertificates(body, apiV3Key).length); // 1
 * ```
 */
export function readCertificates(body: string | Uint8Array, apiV3Key: string): PlatformCertificate[] {
  const rows = orUntrusted(SUBJECT, 'malformed', () => readRows(body));
  return rows.map(({ serial_no, encrypt_certificate }) => {
    const pem = orUntrusted(SUBJECT, 'undecipherable', () => decryptResource(encrypt_certificate, apiV3Key));
    return orUntrusted(SUBJECT, 'malformed', () => ({ ...certificateOf(pem, serial_no), pem }));
  });
}

/** An entry of the list: a certificate, and the nonce to encrypt it with. */
export interface CertificateToWrite {
  pem: string;
  /** 12 characters, used once only. */
  nonce: string;
}

/**
 * @returns the body of `GET /v3/certificates`
 * @throws KeyFormatError, CipherError
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { writeCertificates } from '@coupon-media/apiv3';
 *
 * const pem = readFileSync('platform_cert.pem', 'utf8');
 * const body = writeCertificates([{ pem, nonce: 'a1b2c3d4e5f6' }], '0123456789abcdef0123456789abcdef');
 * console.log(body.startsWith('{"data":[{"serial_no":"')); // true
 * ```
 */
export function writeCertificates(certificates: readonly CertificateToWrite[], apiV3Key: string): string {
  const data = certificates.map(({ pem, nonce }): CertificateRow => {
    const { serialNo, notBefore, notAfter } = loadCertificate(pem);
    return {
      serial_no: serialNo,
      effective_time: beijingTime(notBefore),
      expire_time: beijingTime(notAfter),
      encrypt_certificate: encryptResource(pem, { apiV3Key, nonce, associatedData: 'certificate' }),
    };
  });
  return JSON.stringify({ data });
}

const SUBJECT = { 'zh-CN': '平台证书列表', en: 'this list of platform certificates' };

interface CertificateRow {
  serial_no: string;
  /** RFC 3339. */
  effective_time: string;
  /** RFC 3339. */
  expire_time: string;
  encrypt_certificate: EncryptedResource;
}

function readRows(body: string | Uint8Array): Partial<CertificateRow>[] {
  const { data } = JSON.parse(Buffer.from(body).toString('utf8')) as { data?: unknown };
  // An empty list has no certificate that could have signed the response.
  if (!Array.isArray(data) || data.length === 0) throw new TypeError('data must be a list of certificates');
  return data.map((row: Partial<CertificateRow> | null) => row ?? {});
}

function certificateOf(pem: string, serialNo: unknown): Certificate {
  const certificate = loadCertificate(pem);
  if (canonicalKeyId(String(serialNo)) === canonicalKeyId(certificate.serialNo)) return certificate;
  throw new TypeError(`serial_no is not that of its certificate, ${certificate.serialNo}`);
}

/** RFC 3339 in the time zone that the live service writes. */
function beijingTime(unixSeconds: number): string {
  return new Date((unixSeconds + 8 * 3600) * 1000).toISOString().replace('.000Z', '+08:00');
}
