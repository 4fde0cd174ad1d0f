/** fetch and FormData, as a programmer writes an upload in an afternoon: keys as PEM texts, the response verified. */
import { createHash, createSign, createVerify, randomBytes } from 'node:crypto';

const path = '/v3/marketing/partner/product-coupon/media/upload-image';

/** @type {import('./host.mjs').CreateClient} */
export function create({ baseUrl, identity }) {
  return async (image) => {
    const sha256 = createHash('sha256').update(image).digest('hex');
    const meta = JSON.stringify({ filename: 'coupon.png', sha256 });
    const timestamp = Math.floor(Date.now() / 1000);
    const nonce = randomBytes(16).toString('hex');
    const signature = createSign('RSA-SHA256')
      .update(`POST\n${path}\n${timestamp}\n${nonce}\n${meta}\n`)
      .sign(identity.privateKeyPem, 'base64');
    const form = new FormData();
    form.append('meta', meta);
    form.append('file', new Blob([new Uint8Array(image)], { type: 'image/png' }), 'coupon.png');
    const response = await fetch(baseUrl + path, {
      method: 'POST',
      headers: {
        Accept: 'application/json',
        Authorization:
          `WECHATPAY2-SHA256-RSA2048 mchid="${identity.mchid}",nonce_str="${nonce}",signature="${signature}",` +
          `timestamp="${timestamp}",serial_no="${identity.serialNo}"`,
      },
      body: form,
    });
    const header = (/** @type {string} */ name) => response.headers.get(`wechatpay-${name}`);
    const body = await response.text();
    const genuine = createVerify('RSA-SHA256')
      .update(`${header('timestamp')}\n${header('nonce')}\n${body}\n`)
      .verify(identity.platformPublicKeyPem, header('signature') ?? '', 'base64');
    if (!response.ok || !genuine) throw new Error(`answered ${response.status}`);
    return JSON.parse(body).image_url;
  };
}
