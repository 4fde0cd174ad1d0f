/**
 * wechatpay-axios-plugin according to its README. In certificate mode its own command downloads the certificates first.
 * The command of 0.8 is used, because from 0.9.1 to 0.9.6 it verifies against a copy made before the download and
 * always fails.
 */
import { execFileSync } from 'node:child_process';
import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { readCall, tell } from './call.mjs';

const require = createRequire(import.meta.url);
const call = readCall();
const { credentials, file, filename, meta, picture, variant } = call;
const { Multipart, Wechatpay } = require(
  variant === '0.8' ? 'wechatpay-axios-plugin-0.8' : 'wechatpay-axios-plugin',
);

const wxpay = new Wechatpay({
  baseURL: credentials.baseUrl,
  mchid: credentials.mchid,
  serial: credentials.certificateSerialNo,
  privateKey: readFileSync(credentials.privateKeyPath),
  certs: call.mode === 'certificate' ? downloadCertificates() : publicKey(),
});

// It throws if the signature of the response is wrong.
const { status, data } = await wxpay.v3.marketing.partner['product-coupon'].media['upload-image'].post(
  ...(variant === 'plain object' ? plainObject() : multipart()),
);
tell({ status, body: JSON.stringify(data), verifiedBy: 'client' });

function multipart() {
  const form = new Multipart();
  form.append('meta', meta);
  form.append('file', file, filename);
  return [variant === '0.8' ? form : form.getBuffer(), { meta: form.toJSON(), headers: form.getHeaders() }];
}

function plainObject() {
  const headers = { 'Content-Type': 'multipart/form-data' };
  return [
    { meta, file: createReadStream(picture) },
    { meta: JSON.parse(meta), headers },
  ];
}

function publicKey() {
  return { [credentials.wechatPayPublicKeyId]: readFileSync(credentials.wechatPayPublicKeyPath) };
}

function downloadCertificates() {
  const output = path.dirname(process.argv[2]);
  const command = path.join(path.dirname(require.resolve('wechatpay-axios-plugin-0.8')), 'bin/cli.js');
  const { baseUrl, mchid, certificateSerialNo, privateKeyPath, apiV3Key } = credentials;
  const options = { u: baseUrl, m: mchid, s: certificateSerialNo, f: privateKeyPath, k: apiV3Key, o: output };
  const flags = Object.entries(options).flatMap(([flag, value]) => [`-${flag}`, value]);
  execFileSync(process.execPath, [command, 'crt', ...flags], { stdio: ['ignore', 'ignore', 'inherit'] });
  const files = readdirSync(output).filter((name) => /^wechatpay_[0-9A-F]{40}\.pem$/.test(name));
  if (files.length === 0) throw new Error('no certificate was downloaded');
  return Object.fromEntries(files.map((name) => [name.slice(10, 50), readFileSync(path.join(output, name))]));
}
