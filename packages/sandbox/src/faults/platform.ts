import { readCertificates, writeCertificates } from '@coupon-media/apiv3';
import type { PlatformKeyRecord, Random, Response, Trace } from '@coupon-media/server';
import type { Engines } from '@coupon-media/server/engine';
import { once } from '../run/once.js';
import { createNextKeys, type NextKeys } from './next-keys.js';
import { signedAgain, signerOf } from './signatures.js';

/** The keys of the platform, as faults of signatures need them. */
export interface Platform {
  /** The key of the other kind: a certificate's beside a public key, and the reverse. */
  other(keyId: string): Promise<PlatformKeyRecord>;
  /** A key of the same kind that the platform has from now on. */
  rotated(keyId: string): Promise<PlatformKeyRecord>;
  /** The keys after a rotation, for clients that are to know them before. */
  next(): Promise<NextKeys>;
  /** Adds the new certificate to a list of certificates, once the platform has it. */
  listed(response: Response, trace: Trace, now: number): Promise<Response>;
  isRotated(): boolean;
  /** Undoes a rotation. The next one is to the same keys. */
  restore(): void;
}

/** @param clock Unix milliseconds */
export function createPlatform(records: Engines['merchants'], random: Random, clock: () => number): Platform {
  const next = createNextKeys(clock);
  let isRotated = false;
  const keys = once(async () =>
    (await records.platformKeys()).filter(({ retiredAt }) => retiredAt === undefined),
  );
  return {
    async other(keyId) {
      const found = (await keys()).find(({ kind }) => kind !== kindOf(keyId));
      if (found) return found;
      throw new Error('the folder of this sandbox has keys of one kind only');
    },
    async rotated(keyId) {
      const { publicKey, certificate } = await next();
      isRotated = true;
      return kindOf(keyId) === 'certificate' ? certificate : publicKey;
    },
    next,
    async listed(response, trace, now) {
      const { responseSigner, merchant = '' } = trace;
      const apiV3Key = (await records.merchant(merchant))?.apiV3Key;
      if (!responseSigner || apiV3Key === undefined) return response;
      const { certificate } = await next();
      const listed = readCertificates(String(response.body), apiV3Key).map(({ pem }) => pem);
      const rows = [...listed, certificate.publicPem].map((pem) => ({
        pem,
        nonce: random.bytes(9).toString('base64url'),
      }));
      const body = writeCertificates(rows, apiV3Key);
      const headers = { ...response.headers, 'Content-Length': String(Buffer.byteLength(body)) };
      // The new one signs, as the newest always does (contract 11.1).
      const signing = { ...responseSigner, signer: signerOf(certificate), now, nonce: random.id() };
      return signedAgain({ ...response, headers, body }, signing, {});
    },
    isRotated: () => isRotated,
    restore() {
      isRotated = false;
    },
  };
}

function kindOf(keyId: string): PlatformKeyRecord['kind'] {
  return keyId.startsWith('PUB_KEY_ID_') ? 'public-key' : 'certificate';
}
