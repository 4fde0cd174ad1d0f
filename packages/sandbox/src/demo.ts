import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Credentials } from './identity/credentials.js';

/** The project's own images, one of each kind that the page accepts. */
export const DEMO_IMAGES = ['coupon.jpg', 'coupon.png', 'coupon.bmp'] as const;

/** An image that was uploaded and fetched back. */
export interface DemoUpload {
  image: string;
  bytes: number;
  imageUrl: string;
  sha256: string;
}

/**
 * Uploads a real JPG, PNG and BMP over HTTP. The service verifies the signature of each request, the client verifies
 * the signature of each response, and the image at the returned URL is compared with the original.
 *
 * @throws what the client throws, or an Error that names the image that came back different
 */
export async function* runDemo(credentials: Credentials): AsyncGenerator<DemoUpload> {
  const { createClient } = await import('@coupon-media/client');
  const client = createClient({
    baseUrl: credentials.baseUrl,
    mchid: credentials.mchid,
    certificateSerialNo: credentials.certificateSerialNo,
    privateKeyPath: credentials.privateKeyPath,
    wechatPayPublicKeys: [
      { id: credentials.wechatPayPublicKeyId, publicKeyPath: credentials.wechatPayPublicKeyPath },
    ],
  });
  try {
    for (const image of DEMO_IMAGES) {
      const file = fileURLToPath(new URL(`../images/${image}`, import.meta.url));
      const { imageUrl, sha256 } = await client.uploadImage(file);
      const bytes = await fetchBack(imageUrl);
      if (digest(bytes) !== digest(await readFile(file)) || digest(bytes) !== sha256) {
        throw new Error(`${image}: the bytes at ${imageUrl} are not the ones that were uploaded`);
      }
      yield { image, bytes: bytes.length, imageUrl, sha256 };
    }
  } finally {
    await client.close();
  }
}

async function fetchBack(url: string): Promise<Buffer> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} responded with ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
