import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import {
  createSigner,
  createVerifier,
  loadCertificate,
  loadPrivateKey,
  parseAuthorization,
  signResponse,
  verifyRequest,
} from '@coupon-media/apiv3';
import { openEmbeddedMerchants } from '@coupon-media/server';
import { request } from 'undici';
import type { TestSandbox } from './sandbox.js';

/** A small stand-in for the WeChat Pay service that creates coupons. Their images are uploaded to a sandbox. */
export interface CouponEndpoint {
  url: string;
  /** The data of the created coupons. */
  coupons: unknown[];
  close(): void;
}

const PATH = '/v3/marketing/partner/product-coupon/product-coupons';

/**
 * Accepts a coupon only if it is signed and its image came from the sandbox, and signs its response like the platform.
 */
export async function couponEndpoint(sandbox: TestSandbox): Promise<CouponEndpoint> {
  const { credentials } = sandbox;
  const certificate = loadCertificate(readFileSync(credentials.certificatePath, 'utf8'));
  const verifier = createVerifier(certificate.serialNo, certificate.publicKey);
  const signer = await platformSigner(sandbox);
  const endpoint: CouponEndpoint = { url: '', coupons: [], close: () => server.close() };

  async function create(authorization: string | undefined, body: Buffer) {
    const parsed = parseAuthorization(authorization);
    const sent = { method: 'POST', url: PATH, body };
    const genuine = typeof parsed === 'object' && (await verifyRequest(parsed, sent, verifier));
    if (!genuine) return { status: 401, text: '{"code":"SIGN_ERROR","message":"错误的签名，验签失败"}' };
    const coupon = JSON.parse(String(body)) as { display_info: { image_url: string } };
    if (!coupon.display_info.image_url.startsWith(`${credentials.baseUrl}/images/`))
      return { status: 400, text: '{"code":"PARAM_ERROR","message":"图片URL不是由上传接口返回的"}' };
    endpoint.coupons.push(coupon);
    return { status: 200, text: JSON.stringify({ product_coupon_id: `1000000${endpoint.coupons.length}` }) };
  }

  const server = createServer(async (incoming, outgoing) => {
    const body = await buffer(incoming);
    if (incoming.url !== PATH) {
      const { host: _, connection: __, ...headers } = incoming.headers;
      const answer = await request(credentials.baseUrl + incoming.url, { method: 'POST', headers, body });
      outgoing.writeHead(answer.statusCode, answer.headers as Record<string, string>);
      outgoing.end(Buffer.from(await answer.body.arrayBuffer()));
      return;
    }
    const { status, text } = await create(incoming.headers.authorization, body);
    const nonce = randomBytes(16).toString('hex');
    const timestamp = Math.floor(Date.now() / 1000);
    const signed = await signResponse({ scheme: 'merchant', signer, timestamp, nonce, body: text });
    outgoing.writeHead(status, { 'content-type': 'application/json', ...signed }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return endpoint;
}

async function platformSigner({ folder, credentials }: TestSandbox) {
  const records = await openEmbeddedMerchants({ folder });
  const key = (await records.platformKeys()).find(({ id }) => id === credentials.wechatPayPublicKeyId);
  await records.close();
  return createSigner(credentials.wechatPayPublicKeyId, loadPrivateKey(key?.privateKeyPem ?? ''));
}
