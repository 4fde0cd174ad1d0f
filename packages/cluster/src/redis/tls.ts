import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { both, fileErrorReason, type Text, withReason } from '@coupon-media/apiv3';
import { LimitsError } from './errors.js';

/** Paths of PEM files for TLS to Redis. */
export interface TlsFiles {
  /** The certificate authorities that Redis' certificate may come from. Default: those of Node. */
  readonly ca?: string | undefined;
  /** The certificate by which this node proves itself, with its chain. */
  readonly certificate?: string | undefined;
  /** The private key of that certificate. */
  readonly key?: string | undefined;
}

const VARIABLES = {
  ca: 'COUPON_MEDIA_REDIS_CA_FILE',
  certificate: 'COUPON_MEDIA_REDIS_CERT_FILE',
  key: 'COUPON_MEDIA_REDIS_KEY_FILE',
} as const;

/**
 * Reads the files for each connection, so that renewed certificates are used without a restart.
 *
 * @param tls whether the URL asks for TLS
 * @throws LimitsError `SETTINGS` that names the variable and never a path or a content
 */
export async function readTls(
  files: TlsFiles,
  tls: boolean,
): Promise<{ ca?: string; cert?: string; key?: string } | undefined> {
  const given = (Object.keys(VARIABLES) as (keyof TlsFiles)[]).filter((name) => files[name]);
  const [first] = given;
  if (first && !tls) throw wrong(first, PLAIN);
  if (!tls) return undefined;
  if (!files.certificate !== !files.key) throw wrong(files.key ? 'certificate' : 'key', PAIR);
  const [ca, cert, key] = await Promise.all([
    read(files, 'ca'),
    read(files, 'certificate'),
    read(files, 'key'),
  ]);
  // Node ignores what is no certificate among its authorities, and would then trust none.
  if (ca !== undefined) check('ca', () => new X509Certificate(ca));
  if (cert !== undefined) check('certificate', () => createSecureContext({ cert, key }));
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

async function read(files: TlsFiles, name: keyof TlsFiles): Promise<string | undefined> {
  const path = files[name];
  if (!path) return undefined;
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw wrong(name, both(fileErrorReason(error)));
  }
}

function check(name: keyof TlsFiles, act: () => unknown): void {
  try {
    act();
  } catch (error) {
    throw wrong(name, /mismatch/.test(String(error)) ? MISMATCH : CONTENT);
  }
}

function wrong(name: keyof TlsFiles, reason: Text): LimitsError {
  return new LimitsError('SETTINGS', withReason(both(VARIABLES[name]), reason));
}

const PLAIN = {
  'zh-CN': '只有 rediss:// 开头的 URL 才使用 TLS',
  en: 'is only for TLS, which needs a URL that begins with rediss://',
};
const PAIR = {
  'zh-CN': '证书和私钥必须同时设置',
  en: 'must also be set: a certificate needs its private key, and a key its certificate',
};
const CONTENT = { 'zh-CN': '不是 PEM 文件，或者已损坏', en: 'the file is no PEM, or damaged' };
const MISMATCH = {
  'zh-CN': '证书与 COUPON_MEDIA_REDIS_KEY_FILE 的私钥不是一对',
  en: 'the certificate and the key of COUPON_MEDIA_REDIS_KEY_FILE are no pair',
};
