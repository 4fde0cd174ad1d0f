/**
 * The duties of an upload as a programmer writes them in an afternoon with node:crypto: correct, with keys as PEM texts.
 * express and fastify are measured with it.
 */
import { createHash, createSign, createVerify, randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import path from 'node:path';

/**
 * @typedef {object} Upload
 * @property {string} url
 * @property {string | undefined} authorization
 * @property {string} meta as sent
 * @property {Buffer} file
 */

/**
 * @param {Upload} upload
 * @param {import('./host.mjs').ServerSettings} settings
 * @returns {Promise<{ status: number, headers: Record<string, string>, body: string }>}
 */
export async function handleUpload({ url, authorization = '', meta, file }, { folder, identity }) {
  const field = (/** @type {string} */ name) =>
    new RegExp(`${name}="([^"]*)"`).exec(authorization)?.[1] ?? '';
  const message = `POST\n${url}\n${field('timestamp')}\n${field('nonce_str')}\n${meta}\n`;
  const genuine = createVerify('RSA-SHA256')
    .update(message)
    .verify(identity.certificatePem, field('signature'), 'base64');
  if (!genuine) return signed(401, { code: 'SIGN_ERROR' }, identity);
  const { filename, sha256 } = JSON.parse(meta);
  const digest = createHash('sha256').update(file).digest('hex');
  if (digest !== sha256) return signed(400, { code: 'PARAM_ERROR' }, identity);
  const name = digest + path.extname(filename);
  const handle = await open(path.join(folder, name), 'w');
  await handle.writeFile(file);
  await handle.sync();
  await handle.close();
  return signed(200, { image_url: `http://127.0.0.1/images/${name}` }, identity);
}

/**
 * @param {number} status
 * @param {object} content
 * @param {import('../identity.mjs').Identity} identity
 */
function signed(status, content, { platformKeyId, platformPrivateKeyPem }) {
  const body = JSON.stringify(content);
  const timestamp = Math.floor(Date.now() / 1000);
  const nonce = randomBytes(16).toString('hex');
  const signature = createSign('RSA-SHA256')
    .update(`${timestamp}\n${nonce}\n${body}\n`)
    .sign(platformPrivateKeyPem, 'base64');
  const headers = {
    'Content-Type': 'application/json',
    'Wechatpay-Timestamp': String(timestamp),
    'Wechatpay-Nonce': nonce,
    'Wechatpay-Signature': signature,
    'Wechatpay-Serial': platformKeyId,
  };
  return { status, headers, body };
}
