// Uploads an icon and creates a coupon with its URL. usage: node samples/typescript/create-coupon.ts [IMAGE [CREDENTIALS.json]]
// Node runs TypeScript since 22.18; on Node 20 use `npx tsx` in place of `node`.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createClient } from '@coupon-media/client';

const [image = 'packages/sandbox/images/coupon.png', file = '.coupon-media/credentials.json'] =
  process.argv.slice(2);

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

const { imageUrl } = await client.uploadImage(image);

// Coupons accept only URLs that an upload returned. A repeated out_request_no creates no second coupon. WeChat Pay wants more of a coupon than
// the sandbox does, such as brand_id, usage_mode and stock: https://pay.weixin.qq.com/doc/v3/partner/4016434630
const { body } = await client.request<{ product_coupon_id: string }>(
  'POST',
  '/v3/marketing/partner/product-coupon/product-coupons',
  {
    out_request_no: randomUUID().replaceAll('-', ''),
    scope: 'ALL',
    type: 'NORMAL',
    display_info: { name: 'Summer sale', image_url: imageUrl },
  },
  { idempotent: true },
);
console.log(body.product_coupon_id);
await client.close();
