/** What no client can leave out: it digests, signs, sends the same bytes by undici, and verifies. Nothing is checked or repeated. */
import { createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import { requestMessage, responseMessage, uploadEndpoint, writeMeta } from '@coupon-media/apiv3';
import { Pool } from 'undici';

const BOUNDARY = 'coupon0media0bench0000000000000000';
const { path } = uploadEndpoint('product-coupon');

/** @type {import('./host.mjs').CreateClient} */
export function create({ baseUrl, identity }) {
  const pool = new Pool(baseUrl);
  const key = createPrivateKey(identity.privateKeyPem);
  const publicKey = createPublicKey(identity.platformPublicKeyPem);
  const { mchid, serialNo } = identity;
  return async (image) => {
    const sha256 = createHash('sha256').update(image).digest('hex');
    const meta = writeMeta({ filename: 'coupon.png', sha256 });
    const timestamp = String(Math.floor(Date.now() / 1000));
    const nonce = randomBytes(16).toString('hex');
    const signature = sign(
      'RSA-SHA256',
      requestMessage({ method: 'POST', url: path, timestamp, nonce, body: meta }),
      key,
    );
    const before =
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="meta"\r\nContent-Type: application/json\r\n\r\n${meta}` +
      `\r\n--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="coupon.png"\r\n` +
      'Content-Type: image/png\r\n\r\n';
    const { statusCode, headers, body } = await pool.request({
      method: 'POST',
      path,
      headers: {
        Accept: 'application/json',
        'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`,
        Authorization:
          `WECHATPAY2-SHA256-RSA2048 mchid="${mchid}",nonce_str="${nonce}",signature="${signature.toString('base64')}",` +
          `timestamp="${timestamp}",serial_no="${serialNo}"`,
      },
      body: Buffer.concat([Buffer.from(before), image, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]),
    });
    const text = await body.text();
    const header = (/** @type {string} */ name) => String(headers[`wechatpay-${name}`]);
    const message = responseMessage({
      timestamp: Number(header('timestamp')),
      nonce: header('nonce'),
      body: text,
    });
    if (
      statusCode !== 200 ||
      !verify('RSA-SHA256', message, publicKey, Buffer.from(header('signature'), 'base64'))
    )
      throw new Error(`answered ${statusCode}`);
    return JSON.parse(text).image_url;
  };
}
