import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  createKeyRing,
  createSigner,
  createVerifier,
  loadPrivateKey,
  loadPublicKey,
  type ResponseFault,
  type Signer,
  signRequest,
  uploadEndpoint,
  verifyResponse,
  writeMeta,
} from '@coupon-media/apiv3';
import { onTestFinished } from 'vitest';
import { createNonceWindow, createQuota } from '../../dist/limits/embedded.js';
import { createInFlight } from '../../dist/limits/in-flight.js';
import type { NonceRecord } from '../../dist/limits/nonces.js';
import { addMerchant } from '../../dist/merchants/administration.js';
import { openDirectory } from '../../dist/merchants/directory.js';
import { generatePublicKeyPair } from '../../dist/merchants/platform-key.js';
import { systemRandom } from '../../dist/signed/random.js';
import type { Response } from '../../dist/signed/response.js';
import { openEmbeddedStore } from '../../dist/stores/embedded/index.js';
import type { UploadHead } from '../../dist/upload/enter.js';
import type { UploadServices } from '../../dist/upload/pipeline.js';
import { publishUnder } from '../../dist/upload/publish.js';

/** The clock of these tests in Unix seconds. It does not move, and the merchant's certificate is valid. */
export const NOW = 1_800_000_000;
export const MCHID = '1900000001';

const KEYS = new URL('../../../../vectors/keys/', import.meta.url);
const key = (file: string) => readFileSync(new URL(file, KEYS), 'utf8');
export const CERTIFICATE_PEM: string = key('merchant.cert.pem');
export const SERIAL_NO = '5157F09EFDC096DE15EBE81A47057A7232F1B8E1';
export const merchantKey: Signer = createSigner(SERIAL_NO, loadPrivateKey(key('merchant.key.pem')));

/** The services that the stages need. */
export interface StageServices extends UploadServices {
  readonly inFlight: ReturnType<typeof createInFlight>;
  /** The nonces that survive a restart. */
  readonly recorded: NonceRecord;
  /** @returns undefined if the signature of a response is valid */
  judge(response: Response): Promise<ResponseFault | undefined>;
}

/** Creates real stores in a temporary folder with one merchant and one platform key. They end with the test. */
export async function stageServices(): Promise<StageServices> {
  const folder = await mkdtemp(path.join(tmpdir(), 'coupon-media-stages-'));
  const store = await openEmbeddedStore({ folder, now: () => NOW * 1000 });
  await addMerchant(store.merchants, { id: MCHID, certificatePem: CERTIFICATE_PEM }, NOW);
  const platformKey = await generatePublicKeyPair(NOW);
  await store.merchants.addPlatformKey(platformKey);
  const merchants = await openDirectory(store.merchants, (error) => {
    throw error;
  });
  onTestFinished(async () => {
    merchants.close();
    await store.close();
    await rm(folder, { recursive: true });
  });
  const keys = createKeyRing([createVerifier(platformKey.id, loadPublicKey(platformKey.publicPem))]);
  return {
    merchants,
    images: store.images,
    nonces: createNonceWindow(() => NOW, store.nonces),
    recorded: store.nonces,
    quota: createQuota(() => 0),
    defaultQuota: 0,
    inFlight: createInFlight(64 * 1024 * 1024),
    publish: publishUnder(() => 'http://images.example'),
    random: systemRandom,
    now: () => NOW,
    clock: () => NOW * 1000,
    judge: ({ headers, body }) =>
      verifyResponse({ header: headerOf(headers), body: String(body) }, keys, NOW),
  };
}

/** Returns the head of a PNG, followed by enough bytes for this length. */
export function imageFile(bytes = 33): Buffer {
  const head = '89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489';
  return Buffer.concat([Buffer.from(head, 'hex'), Buffer.alloc(bytes - 33, 'image')]);
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Returns the correct meta of this image. */
export function metaOf(file: Buffer): string {
  return writeMeta({ filename: 'image.png', sha256: sha256(file) });
}

const BOUNDARY = 'b0123456789';

/** Returns a part's headers and the given beginning of its content. */
export function part(name: string, content: string | Buffer): Buffer {
  const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(content as string), Buffer.from('\r\n')]);
}

export const LAST: Buffer = Buffer.from(`--${BOUNDARY}--\r\n`);

/**
 * Returns the head of an upload, signed over `meta` by the merchant unless stated otherwise. An undefined value omits a
 * header.
 */
export async function uploadHead(
  meta: string,
  headers: Record<string, string | undefined> = {},
): Promise<UploadHead> {
  const endpoint = uploadEndpoint('product-coupon');
  const authorization = await signRequest({
    ...{ scheme: 'merchant', id: MCHID, signer: merchantKey, method: 'POST', url: endpoint.path },
    ...{ timestamp: NOW, nonce: randomBytes(16).toString('hex'), body: meta },
  });
  const sent: Record<string, string | undefined> = {
    authorization,
    accept: 'application/json',
    'user-agent': 'test',
    'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
    ...headers,
  };
  return {
    method: 'POST',
    url: endpoint.path,
    scheme: endpoint.scheme,
    endpoint,
    header: (name) => sent[name],
  };
}

/** Returns a header by its name in any letter case. */
function headerOf(headers: Response['headers']): (name: string) => string | undefined {
  const byName = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => byName.get(name);
}
