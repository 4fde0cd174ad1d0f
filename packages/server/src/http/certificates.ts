import { CERTIFICATES_PATH, type Signer, writeCertificates } from '@coupon-media/apiv3';
import type { ListedCertificate, MerchantDirectory } from '../merchants/index.js';
import type { SignedRoute } from '../signed/call.js';
import type { Random } from '../signed/random.js';

export interface CertificateServices {
  readonly merchants: MerchantDirectory;
  readonly random: Random;
  /** Unix seconds. */
  now(): number;
  /** Uploads per second of a merchant; undefined or 0 means no limit, which then applies here as well. */
  readonly defaultQuota: number | undefined;
}

/**
 * Requests per second of a merchant. Each request encrypts and signs, and a client sends two per day, but many clients
 * may start at once.
 */
const RATE = 10;

/** `GET /v3/certificates`, which clients in certificate mode request first (contract 11.1). */
export function certificatesRoute({
  merchants,
  random,
  now,
  defaultQuota,
}: CertificateServices): SignedRoute {
  const inUse = () => merchants.platformCertificates().filter(({ notAfter }) => now() <= notAfter);
  return {
    name: 'certificates',
    method: 'GET',
    path: CERTIFICATES_PATH,
    scheme: 'merchant',
    ratePerSecond: defaultQuota ? RATE : undefined,
    signer: (caller) => newestSigner(inUse(), merchants, now()) ?? caller.defaultSigner,
    handle({ caller }) {
      // 12 characters with 72 random bits. A nonce that was used twice with one key would reveal what it encrypted.
      const rows = inUse().map(({ pem }) => ({ pem, nonce: random.bytes(9).toString('base64url') }));
      return { body: writeCertificates(rows, caller.apiV3Key) };
    },
  };
}

/**
 * The newest certificate in force signs the response, because a client may not know any key except those in the list
 * (contract 11.1).
 */
function newestSigner(
  certificates: readonly ListedCertificate[],
  merchants: MerchantDirectory,
  now: number,
): Signer | undefined {
  const [newest] = certificates
    .filter(({ notBefore }) => notBefore <= now)
    .sort((a, b) => b.notBefore - a.notBefore);
  return newest && merchants.signer(newest.serialNo);
}
