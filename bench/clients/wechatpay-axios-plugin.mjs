/**
 * wechatpay-axios-plugin. It verifies the response. It receives the form as one buffer, with meta for the signature beside it:
 * axios reads a form object as a stream, and then 2 MiB take ten times as long.
 */
import { createHash } from 'node:crypto';
import plugin from 'wechatpay-axios-plugin';

/** @type {import('./host.mjs').CreateClient} */
export function create({ baseUrl, identity }) {
  const wxpay = new plugin.Wechatpay({
    baseURL: `${baseUrl}/`,
    mchid: identity.mchid,
    serial: identity.serialNo,
    privateKey: identity.privateKeyPem,
    certs: { [identity.platformKeyId]: identity.platformPublicKeyPem },
  });
  return async (image) => {
    const sha256 = createHash('sha256').update(image).digest('hex');
    const meta = { filename: 'coupon.png', sha256 };
    const form = new plugin.FormData();
    form.append('meta', JSON.stringify(meta));
    form.append('file', image, 'coupon.png');
    const { data } = await wxpay.v3.marketing.partner.productCoupon.media.uploadImage.post(form.getBuffer(), {
      meta,
      headers: form.getHeaders(),
    });
    return data.image_url;
  };
}
