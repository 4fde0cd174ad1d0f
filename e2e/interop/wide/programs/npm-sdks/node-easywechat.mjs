/** node-easywechat as its documentation has it: the upload verifies nothing by itself. */
import { createRequire } from 'node:module';
import { credentials, meta, tell, uploadPath } from './given.mjs';

const { Pay } = createRequire(import.meta.url)('node-easywechat');
const { mchid, privateKeyPath, apiV3Key, platformKeys } = credentials;
const app = new Pay({
  mch_id: mchid,
  private_key: privateKeyPath,
  certificate: process.env.CERTIFICATE,
  secret_key: apiV3Key,
  platform_certs: platformKeys,
});

await tell(async () => {
  // It computes the digest itself, so that a name is what can be wrong.
  const name = process.env.STEP === 'refused' ? 'coupon.gif' : meta.filename;
  const answer = await app.getClient().uploadMedia(uploadPath, process.env.FILE, null, name);
  const { image_url: imageUrl, code } = answer.toObject();
  return imageUrl ? `accepted ${imageUrl}` : `returned: ${answer.getStatusCode()} ${code}`;
});
