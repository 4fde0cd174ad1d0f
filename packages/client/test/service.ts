import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Authorization,
  createSigner,
  createVerifier,
  type PrivateKey,
  type PublicKey,
  parseAuthorization,
  type SchemeName,
  type Signer,
  signResponse,
  verifyRequest,
} from '@coupon-media/apiv3';
import type { ClientOptions } from '@coupon-media/client';
import { onTestFinished } from 'vitest';

export interface KeyPair {
  privateKey: PrivateKey;
  publicKey: PublicKey;
  privatePem: string;
  publicPem: string;
}

export function makeKeyPair(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = (key: KeyObject, type: 'pkcs8' | 'spki') => key.export({ type, format: 'pem' }).toString();
  return {
    privateKey: privateKey as PrivateKey,
    publicKey: publicKey as PublicKey,
    privatePem: pem(privateKey, 'pkcs8'),
    publicPem: pem(publicKey, 'spki'),
  };
}

export const merchant = makeKeyPair();
export const platform = makeKeyPair();
export const SERIAL_NO = '5157F09EFDC096DE15EBE81A47057A7232F1B8E1';
export const PUBLIC_KEY_ID = 'PUB_KEY_ID_0119000000012025';
const platformSigner = createSigner(PUBLIC_KEY_ID, platform.privateKey);

/** A received request, and whether its signature is valid for what it must cover. */
export interface Received {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  authorization: Authorization | undefined;
  signed: boolean;
}

/** The behaviour of the service for a request. */
export type Behaviour =
  | CannedResponse
  | 'reset'
  | 'hang'
  | ((received: Received, response: ServerResponse) => unknown);

export interface CannedResponse {
  /** Default 200. */
  status?: number;
  /** Default an image_url. */
  body?: string;
  /** The signer of the response; false for an unsigned response. Default the platform's public-key pair. */
  signer?: Signer | false;
  /** Unix seconds. Default now. */
  timestamp?: number;
  /** Overrides of the headers; undefined removes a header. */
  headers?: Readonly<Record<string, string | string[] | undefined>>;
}

export interface Service {
  baseUrl: string;
  received: Received[];
  /** The behaviours for the next requests, one each; the last one repeats. */
  replies: Behaviour[];
}

export const IMAGE_URL = 'https://qpic.example/images/1.png';

/** A real HTTP service that signs its responses. It stops after the test. */
export async function startService(...replies: Behaviour[]): Promise<Service> {
  const service: Service = { baseUrl: '', received: [], replies };
  const server = createServer((request, response) => {
    serve(service, request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  service.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return service;
}

/** Options of a client for a service, without waits. */
export function optionsFor({ baseUrl }: Pick<Service, 'baseUrl'>, more: ClientOptions = {}): ClientOptions {
  return {
    mchid: '1900000001',
    certificateSerialNo: SERIAL_NO,
    privateKey: merchant.privatePem,
    wechatPayPublicKeys: [{ id: PUBLIC_KEY_ID, publicKey: platform.publicPem }],
    baseUrl,
    proxy: false,
    effects: { sleep: async () => {} },
    ...more,
  };
}

/** The response of a refusal. */
export function refusal(status: number, code: string, more: CannedResponse = {}): CannedResponse {
  return { status, body: JSON.stringify({ code, message: `no: ${code}` }), ...more };
}

async function serve(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const received = await receive(request);
  const reply = service.replies[Math.min(service.received.length, service.replies.length - 1)] ?? {};
  service.received.push(received);
  if (reply === 'reset') request.socket.resetAndDestroy();
  else if (typeof reply === 'function') await reply(received, response);
  else if (reply !== 'hang') await respond(response, received, reply);
}

async function receive(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const { method = '', url = '', headers } = request;
  const parsed = parseAuthorization(headers.authorization);
  const authorization = typeof parsed === 'string' ? undefined : parsed;
  const verifier = createVerifier(SERIAL_NO, merchant.publicKey);
  const signed =
    authorization !== undefined &&
    (await verifyRequest(authorization, { method, url, body: signedPart(headers, body) }, verifier));
  return { method, url, headers, body, authorization, signed };
}

/** The signed bytes: for an upload those of the meta part, else the body (contract 2.2). */
function signedPart(headers: IncomingHttpHeaders, body: Buffer): Buffer {
  if (!headers['content-type']?.startsWith('multipart/')) return body;
  const start = body.indexOf('\r\n\r\n') + 4;
  return body.subarray(start, body.indexOf('\r\n--', start));
}

export async function respond(
  response: ServerResponse,
  received: Received,
  reply: CannedResponse,
): Promise<void> {
  const { status = 200, body = JSON.stringify({ image_url: IMAGE_URL }), signer = platformSigner } = reply;
  const scheme: SchemeName = received.authorization?.scheme ?? 'merchant';
  const timestamp = reply.timestamp ?? Math.floor(Date.now() / 1000);
  const nonce = randomBytes(16).toString('hex');
  const headers = {
    'Content-Type': 'application/json; charset=utf-8',
    'Request-ID': `08F7${nonce.slice(0, 8)}-0`,
    ...(signer && (await signResponse({ scheme, signer, timestamp, nonce, body }))),
    ...reply.headers,
  };
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) response.setHeader(name, value);
  response.writeHead(status).end(body);
}
