import { randomBytes } from 'node:crypto';
import { CERTIFICATES_PATH, type Signer, writeCertificates } from '@coupon-media/apiv3';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { MerchantDirectory, PlatformCertificate } from '../merchants/index.js';
import { reserve } from '../upload/admit.js';
import { answerDone } from '../signed/response.js';
import { authenticateCall } from '../signed/authenticate.js';
import { type IdentifyServices, identify, type RequestHead } from '../signed/identify.js';
import { conclude, type OutcomeServices, type Progress } from '../signed/outcome.js';
import type { Observers } from '../observe/observers.js';
import { answerSigned, type RequestLog } from './signed.js';

export interface CertificateServices extends IdentifyServices, OutcomeServices {}

/** `GET /v3/certificates`: what clients in certificate mode ask before anything else (contract 11). */
export function certificateRoutes(
  app: FastifyInstance,
  services: CertificateServices,
  log: Logger,
  observers: Observers,
): void {
  const logging: RequestLog<string> = { ...observers, log, kind: 'certificates', describe: () => ({}) };
  app.route({
    method: 'GET',
    url: CERTIFICATES_PATH,
    // The method is signed: a HEAD would be another request.
    exposeHeadRoute: false,
    onRequest: async ({ raw }, reply) => {
      reply.hijack();
      await answerSigned(raw, reply.raw, logging, ({ requestId, url, header }) => {
        const head: RequestHead = { method: 'GET', url, scheme: 'merchant', header };
        return conclude(
          { requestId, head },
          services,
          (progress) => list(head, services, progress),
          answerDone,
        );
      });
    },
    handler: unreachable,
  });
}

function unreachable(): never {
  throw new Error('certificates are answered before their handler');
}

/** @returns the body that lists the certificates in use, encrypted to the caller */
async function list(head: RequestHead, services: CertificateServices, progress: Progress): Promise<string> {
  const { merchants, nonces, now } = services;
  const sender = identify(head, services);
  progress.merchant = sender.merchant.id;
  const certificates = merchants.platformCertificates().filter(({ notAfter }) => now() <= notAfter);
  const signer = certificateSigner(certificates, merchants, now()) ?? sender.merchant.defaultSigner;
  const call = await authenticateCall(sender, merchants, signer);
  progress.seal = { signer: call.answerSigner, scheme: head.scheme };
  const nonce = await reserve(call, nonces, (reserved) => {
    progress.nonce = reserved;
  });
  await nonces.keep(nonce);
  const rows = certificates.map(({ pem }) => ({ pem, nonce: encryptionNonce() }));
  return writeCertificates(rows, sender.merchant.apiV3Key);
}

/** The newest certificate in force signs: who asks this may know no key yet but those in the list (contract 11.1). */
function certificateSigner(
  certificates: readonly PlatformCertificate[],
  merchants: MerchantDirectory,
  now: number,
): Signer | undefined {
  const [newest] = certificates
    .filter(({ notBefore }) => notBefore <= now)
    .sort((a, b) => b.notBefore - a.notBefore);
  return newest && merchants.signer(newest.serialNo);
}

/** 72 random bits in 12 characters: used twice with one key, a nonce would give away what it encrypted. */
function encryptionNonce(): string {
  return randomBytes(9).toString('base64url');
}
