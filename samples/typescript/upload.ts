// Uploads one image of a product coupon and prints its image_url, with the SDK of this project.
// usage: node upload.ts IMAGE   (../README.md describes the environment)
// Node runs TypeScript since 22.18; on Node 20 use `npx tsx` in place of `node`.
import { ApiError, createClient } from '@coupon-media/client';

try {
  const [image] = process.argv.slice(2);
  if (image === undefined) throw new Error('usage: node upload.ts IMAGE');
  const client = createClient({
    baseUrl: process.env.COUPON_MEDIA_BASE_URL ?? 'https://api.mch.weixin.qq.com',
    mchid: setting('COUPON_MEDIA_MCHID'),
    certificateSerialNo: setting('COUPON_MEDIA_CERTIFICATE_SERIAL_NO'),
    privateKeyPath: setting('COUPON_MEDIA_PRIVATE_KEY'),
    wechatPayPublicKeys: [
      {
        id: setting('COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY_ID'),
        publicKeyPath: setting('COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY'),
      },
    ],
  });
  // The client signs meta, serialised once, and trusts a response only with the signature of WeChat Pay.
  const { imageUrl } = await client.uploadImage(image).finally(() => client.close());
  console.log(imageUrl);
} catch (error) {
  console.error(wordsOf(error));
  process.exitCode = 1;
}

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

function wordsOf(error: unknown): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error);
  return `${error.code}: ${error.message} (HTTP ${error.status}, Request-ID ${error.requestId})`;
}
