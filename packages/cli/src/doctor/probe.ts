import { createHash, randomBytes } from 'node:crypto';
import {
  createSigner,
  type PrivateKey,
  type SchemeName,
  signRequest,
  uploadEndpoint,
  writeMeta,
} from '@coupon-media/apiv3';
import { createDispatcher } from '@coupon-media/client';
// Imported by its file: for the bare name `undici`, Bun supplies a replacement without dispatchers.
import { request } from 'undici/index.js';

/** The response of a host to the probe. */
export interface ProbeResponse {
  readonly milliseconds: number;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** This machine's clock while the response was on its way, Unix seconds. */
  readonly at: number;
  /** The header as sent; undefined if there was no key to sign with. */
  readonly authorization: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly meta: string;
}

/** The caller of the probe. */
export interface ProbeIdentity {
  readonly scheme: SchemeName;
  readonly id: string;
  readonly serialNo: string | undefined;
  readonly privateKey: PrivateKey | undefined;
  /** The key with which the service is asked to sign the response. */
  readonly wechatpaySerial: string | undefined;
}

/**
 * Sends a real, signed upload that cannot be stored, since its file is empty. A service checks the signature first, then the
 * permission, and the file last (contract 5.2). So PARAM_ERROR proves that the other two are right, and nothing is stored.
 *
 * @param host origin
 * @throws the error of the network
 */
export async function probe(host: string, identity: ProbeIdentity): Promise<ProbeResponse> {
  const { path } = uploadEndpoint(identity.scheme === 'brand' ? 'brand-product-coupon' : 'product-coupon');
  const meta = writeMeta({ filename: 'doctor.png', sha256: createHash('sha256').digest('hex') });
  const boundary = randomBytes(16).toString('hex');
  const authorization = await authorize(identity, path, meta);
  const response = await exchange(host + path, emptyUpload(meta, boundary), {
    accept: 'application/json',
    'user-agent': 'coupon-media-doctor',
    'content-type': `multipart/form-data; boundary=${boundary}`,
    ...(authorization && { authorization }),
    ...(identity.wechatpaySerial && { 'wechatpay-serial': identity.wechatpaySerial }),
  });
  return { ...response, authorization, method: 'POST', path, meta };
}

/** Sends the request through the proxy of the environment, as the client does. */
async function exchange(url: string, form: string, headers: Record<string, string>) {
  const dispatcher = createDispatcher(undefined, DEADLINE);
  try {
    const signal = AbortSignal.timeout(DEADLINE);
    const begun = Date.now();
    const response = await request(url, { method: 'POST', dispatcher, signal, headers, body: form });
    const body = await bounded(response.body);
    const ended = Date.now();
    const times = { milliseconds: ended - begun, at: (begun + ended) / 2000 };
    return { ...times, status: response.statusCode, headers: response.headers, body };
  } finally {
    await dispatcher.destroy();
  }
}

/** Milliseconds for the whole exchange. */
const DEADLINE = 10_000;

/** The number of response bytes that are read; refusals are short. */
const LONGEST_RESPONSE = 64 * 1024;

async function authorize(identity: ProbeIdentity, url: string, body: string): Promise<string | undefined> {
  const { scheme, id, serialNo, privateKey } = identity;
  if (!privateKey || serialNo === undefined) return undefined;
  const signer = createSigner(serialNo, privateKey);
  const [timestamp, nonce] = [Math.floor(Date.now() / 1000), randomBytes(16).toString('hex')];
  return signRequest({ scheme, id, signer, method: 'POST', url, timestamp, nonce, body });
}

function emptyUpload(meta: string, boundary: string): string {
  const part = (head: string, content: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`;
  const file = 'name="file"; filename="doctor.png"\r\nContent-Type: image/png';
  return `${part('name="meta"\r\nContent-Type: application/json', meta)}${part(file, '')}--${boundary}--\r\n`;
}

async function bounded(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > LONGEST_RESPONSE) break;
  }
  return Buffer.concat(chunks);
}
