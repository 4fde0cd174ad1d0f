/** wechatpay-axios-plugin as its README has it. It throws if the signature of a response is wrong. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { credentials, file, filename, meta, tell } from './given.mjs';

const { Multipart, Wechatpay } = createRequire(import.meta.url)('wechatpay-axios-plugin');
const { mchid, serial, privateKeyPath, platformKeys } = credentials;
const certs = Object.fromEntries(Object.entries(platformKeys).map(([id, path]) => [id, readFileSync(path)]));
const wxpay = new Wechatpay({ mchid, serial, privateKey: readFileSync(privateKeyPath), certs });

await tell(async () => {
  const form = new Multipart();
  form.append('meta', JSON.stringify(meta));
  form.append('file', file, filename);
  const config = { meta: form.toJSON(), headers: form.getHeaders() };
  const { marketing } = wxpay.v3;
  const { data } = await marketing.partner['product-coupon'].media['upload-image'].post(
    form.getBuffer(),
    config,
  );
  return `accepted ${data.image_url}`;
});
