// One upload with the SDK. usage: node examples/upload.ts [IMAGE [CREDENTIALS.json]]
// Node runs TypeScript since 22.18; on Node 20 use `npx tsx` in place of `node`.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ApiError, createClient } from '@coupon-media/client';

const [image = 'packages/sandbox/images/coupon.png', file = '.coupon-media/credentials.json'] =
  process.argv.slice(2);

// These are the sandbox's credentials. Those of your own merchant are five values from the merchant platform, without baseUrl.
const credentials = JSON.parse(readFileSync(file, 'utf8'));
const beside = (name: string) => path.resolve(path.dirname(file), name);

const client = createClient({
  baseUrl: credentials.baseUrl,
  mchid: credentials.mchid,
  certificateSerialNo: credentials.certificateSerialNo,
  privateKeyPath: beside(credentials.privateKeyPath),
  wechatPayPublicKeys: [
    { id: credentials.wechatPayPublicKeyId, publicKeyPath: beside(credentials.wechatPayPublicKeyPath) },
  ],
});

try {
  const { imageUrl } = await client.uploadImage(image);
  console.log(imageUrl);
} catch (error) {
  // A refusal by the service has a code, and a Request-ID that support asks for.
  if (!(error instanceof ApiError)) throw error;
  console.error(error.code, error.message, error.requestId);
  process.exitCode = 1;
}
await client.close();
