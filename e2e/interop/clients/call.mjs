/**
 * The parts that the bare clients share: the signature of the rules pages, with Node's own cryptography and no code of
 * this project.
 */
import { createHash, createSign, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The arguments of a client: `node CLIENT credentials.json IMAGE MODE [VARIANT]`. */
export function readCall() {
  const [credentialsFile, picture, mode, variant] = process.argv.slice(2);
  const credentials = JSON.parse(readFileSync(credentialsFile, 'utf8'));
  const file = readFileSync(picture);
  const filename = path.basename(picture);
  const sha256 = createHash('sha256').update(file).digest('hex');
  return {
    credentials,
    mode,
    variant,
    picture,
    file,
    filename,
    meta: JSON.stringify({ filename, sha256 }),
    path: '/v3/marketing/partner/product-coupon/media/upload-image',
    /** The key that responses are to be signed with. */
    platformKeyId:
      mode === 'certificate' ? credentials.platformCertificateSerialNo : credentials.wechatPayPublicKeyId,
  };
}

export function authorizationOf({ credentials, path, meta }) {
  const nonce = randomBytes(16).toString('hex');
  const timestamp = Math.floor(Date.now() / 1000);
  const signature = createSign('RSA-SHA256')
    .update(`POST\n${path}\n${timestamp}\n${nonce}\n${meta}\n`)
    .sign(readFileSync(credentials.privateKeyPath), 'base64');
  const { mchid, certificateSerialNo } = credentials;
  return `WECHATPAY2-SHA256-RSA2048 mchid="${mchid}",nonce_str="${nonce}",signature="${signature}",timestamp="${timestamp}",serial_no="${certificateSerialNo}"`;
}

/** Parses the text of a response and skips an interim one before it. */
export function parseAnswer(text) {
  const [head, body] = text.replace('HTTP/1.1 100 Continue\r\n\r\n', '').split('\r\n\r\n');
  const [statusLine, ...lines] = head.split('\r\n');
  const headers = lines
    .map((line) => line.split(/: (.*)/))
    .map(([name, value]) => [name.toLowerCase(), value]);
  return { status: Number(statusLine.split(' ')[1]), headers: Object.fromEntries(headers), body };
}

/** Reports the response to the process that started this client. */
export function tell({ status, headers = {}, body, verifiedBy = 'test' }) {
  process.stdout.write(JSON.stringify({ status, headers, body, verifiedBy }));
}
