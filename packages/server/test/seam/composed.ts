import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  createKeyRing,
  createVerifier,
  loadPublicKey,
  type ResponseFault,
  signRequest,
  verifyResponse,
} from '@coupon-media/apiv3';
import pino from 'pino';
import { onTestFinished } from 'vitest';
import {
  addMerchant,
  createService,
  generatePublicKeyPair,
  openEmbeddedEngines,
  type Random,
  readConfig,
  type ServiceParts,
} from '../../dist/index.js';
import { CERTIFICATE_PEM, LAST, MCHID, merchantKey, NOW, part, uploadHead } from '../upload/stages.js';

/** A service that a test composes from its own parts. */
export interface Composed {
  readonly port: number;
  readonly folder: string;
  readonly log: string[];
  send(sent: Sent): Promise<Answered>;
  /** Closes the service and its engines before the end of the test. */
  close(): Promise<void>;
}

export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer | string;
}

export interface Answered {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly text: string;
  /** Returns `unsigned` or the fault of the signature; undefined if it is valid. */
  readonly fault: ResponseFault | undefined;
}

/** All services of a test file share one key pair, so that their signatures can be compared. */
const platformKey = await generatePublicKeyPair(NOW);
const keys = createKeyRing([createVerifier(platformKey.id, loadPublicKey(platformKey.publicPem))]);

/**
 * Composes a service with a fixed clock in a temporary folder. It listens on any port and ends with the test.
 *
 * @param folder the folder of a closed service. Default: a new one with one merchant
 */
export async function composed(parts: Partial<ServiceParts> = {}, folder?: string): Promise<Composed> {
  const data = folder ?? (await mkdtemp(path.join(tmpdir(), 'coupon-media-seam-')));
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line) => lines.push(line) });
  const clock = () => NOW * 1000;
  const engines = await openEmbeddedEngines({ data }, clock, log);
  if (!folder) {
    await addMerchant(engines.merchants, { id: MCHID, certificatePem: CERTIFICATE_PEM }, NOW);
    await engines.merchants.addPlatformKey(platformKey);
  }
  const settings = readConfig({ quotaPerSecond: 0 }, {});
  const publicUrl = 'http://images.example';
  const service = await createService({ engines, settings, log, clock, publicUrl, ...parts });
  const { port } = await service.listen({ host: '127.0.0.1', port: 0 });
  let closed = false;
  async function close(): Promise<void> {
    if (closed) return;
    closed = true;
    await service.close();
    await engines.close();
  }
  onTestFinished(async () => {
    await close();
    await rm(data, { recursive: true, force: true });
  });
  return { port, folder: data, log: lines, close, send: (sent) => send(port, sent) };
}

/** Randomness that depends only on a seed. */
export function seeded(seed: string): Random {
  let drawn = 0;
  function next(count: number): Buffer {
    drawn += 1;
    return createHash('sha512').update(`${seed} ${drawn}`).digest().subarray(0, count);
  }
  return { id: () => next(16).toString('hex'), bytes: next };
}

/** Sends a valid upload. */
export async function uploadOf(file: Buffer, meta: string): Promise<Sent> {
  const { url, header } = await uploadHead(meta);
  const names = ['authorization', 'accept', 'user-agent', 'content-type'];
  const headers = Object.fromEntries(names.map((name) => [name, String(header(name))]));
  return {
    method: 'POST',
    url,
    headers,
    body: Buffer.concat([part('meta', meta), part('file', file), LAST]),
  };
}

/**
 * Sends any other signed request.
 *
 * @param signed the signed bytes, if they differ from the body
 */
export async function callOf(method: string, url: string, body: string, signed = body): Promise<Sent> {
  const authorization = await signRequest({
    ...{ scheme: 'merchant', id: MCHID, signer: merchantKey, method, url, timestamp: NOW },
    ...{ nonce: randomBytes(16).toString('hex'), body: signed },
  });
  return { method, url, headers: { authorization, accept: 'application/json', 'user-agent': 'test' }, body };
}

function send(port: number, { method, url, headers, body }: Sent): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, method, path: url, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (more: string) => {
        text += more;
      });
      response.on('error', reject);
      response.on(
        'end',
        () => void judged(response.statusCode ?? 0, response.rawHeaders, text).then(resolve),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function judged(status: number, raw: readonly string[], text: string): Promise<Answered> {
  const pairs = raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1] ?? ''] as const] : []));
  const headers = Object.fromEntries(pairs);
  const byName = new Map(pairs.map(([name, value]) => [name.toLowerCase(), value]));
  const fault = await verifyResponse({ header: (name) => byName.get(name), body: text }, keys, NOW);
  return { status, headers, text, fault };
}
