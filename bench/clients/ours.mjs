/** @coupon-media/client. */
import { createClient } from '@coupon-media/client';

/** @type {import('./host.mjs').CreateClient} */
export function create({ baseUrl, identity }) {
  const client = createClient({
    baseUrl,
    mchid: identity.mchid,
    certificateSerialNo: identity.serialNo,
    privateKey: identity.privateKeyPem,
    wechatPayPublicKeys: [{ id: identity.platformKeyId, publicKey: identity.platformPublicKeyPem }],
  });
  return async (image) => (await client.uploadImage(image, { filename: 'coupon.png' })).imageUrl;
}
