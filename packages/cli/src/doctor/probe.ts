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
// By its file: under its bare name Bun puts a stand-in that has no dispatchers.
import { request } from 'undici/index.js';

/** What a host answered to the probe. */
export interface ProbeResponse {
  readonly milliseconds: number;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** This machine's clock when the response was on its way, Unix seconds. */
  readonly at: number;
  /** As sent; undefined where there was nothing to sign with. */
  readonly authorization: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly meta: string;
}

/** Who probes. */
export interface ProbeIdentity {
  readonly scheme: SchemeName;
  readonly id: string;
  readonly serialNo: string | undefined;
  readonly privateKey: PrivateKey | undefined;
  /** The key that the response is asked to be signed with. */
  readonly wechatpaySerial: string | undefined;
}

/**
 * Sends a real upload that cannot be stored: signed as every other, and its file is empty. A service looks at the
 * signature first, then at the permission, and at the file last (contract 5.2): so PARAM_ERROR says that the other two
 * are right, and nothing came of it.
 *
 * @param host origin
 * @throws what the network says
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

/** Through the proxy that the environment names, as the client does. */
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

/** Milliseconds for all of it. */
const DEADLINE = 10_000;

/** Bytes of a response that are read; refusals are short. */
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
