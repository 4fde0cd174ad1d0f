/** node-easywechat's uploadMedia. It does not verify the response. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import easywechat from 'node-easywechat';

/** @type {import('./host.mjs').CreateClient} */
export async function create({ baseUrl, folder, identity }) {
  const privateKey = path.join(folder, 'apiclient_key.pem');
  const certificate = path.join(folder, 'apiclient_cert.pem');
  await writeFile(privateKey, identity.privateKeyPem, { mode: 0o600 });
  await writeFile(certificate, identity.certificatePem);
  const app = new easywechat.Pay({
    mch_id: identity.mchid,
    secret_key: '0123456789abcdef0123456789abcdef',
    private_key: privateKey,
    certificate,
    http: { baseURL: baseUrl },
  });
  const client = app.getClient();
  return async (image) => {
    const response = await client.uploadMedia(
      '/v3/marketing/partner/product-coupon/media/upload-image',
      image,
      null,
      'coupon.png',
    );
    return response.toObject().image_url;
  };
}
