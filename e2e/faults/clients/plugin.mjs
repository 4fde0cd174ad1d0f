/** wechatpay-axios-plugin by its README: `node plugin.mjs FOLDER credentials.json IMAGE TIMES`, where FOLDER has it installed. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const [folder, credentialsFile, picture, times] = process.argv.slice(2);
const { Multipart, Wechatpay } = createRequire(path.join(folder, 'package.json'))('wechatpay-axios-plugin');
const credentials = JSON.parse(readFileSync(credentialsFile, 'utf8'));
const file = readFileSync(picture);
const filename = path.basename(picture);
const meta = JSON.stringify({ filename, sha256: createHash('sha256').update(file).digest('hex') });

const wxpay = new Wechatpay({
  baseURL: credentials.baseUrl,
  mchid: credentials.mchid,
  serial: credentials.certificateSerialNo,
  privateKey: readFileSync(credentials.privateKeyPath),
  certs: { [credentials.wechatPayPublicKeyId]: readFileSync(credentials.wechatPayPublicKeyPath) },
  timeout: 1000,
});

try {
  let status = 0;
  for (let round = 0; round < Number(times); round += 1) {
    const form = new Multipart();
    form.append('meta', meta);
    form.append('file', file, filename);
    const post = wxpay.v3.marketing.partner['product-coupon'].media['upload-image'].post;
    ({ status } = await post(form.getBuffer(), { meta: form.toJSON(), headers: form.getHeaders() }));
  }
  process.stdout.write(`${status}`);
} catch (error) {
  const status = error.response?.status;
  const message = String(error.code ?? error.message)
    .split('\n')[0]
    .slice(0, 70);
  process.stdout.write(status === undefined ? message : `${status}, ${message}`);
}
