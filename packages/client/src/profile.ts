import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileErrorText, filled, pathFault, redacted, type Text } from '@coupon-media/apiv3';
import type { CredentialOptions } from './credentials.js';
import { OptionError } from './errors.js';
import type { OwnKeyOptions } from './own-key.js';
import type { NextCertificate } from './rotation.js';

/**
 * Adds the options of a profile file to the given ones, which take precedence.
 *
 * @throws OptionError if the file is not a profile
 */
export function withProfile<Options extends ProfiledOptions>(options: Options): Options {
  const { profile, ...given } = options;
  if (profile === undefined) return options;
  const file = typeof profile === 'string' ? profile : fileURLToPath(profile);
  const read = optionsIn(contentOf(file), dirname(resolve(file)));
  const replaced = ALTERNATIVES.filter((names) => names.some((name) => given[name] !== undefined)).flat();
  return {
    ...options,
    profile: undefined,
    ...Object.fromEntries(Object.entries(read).filter(([name]) => !replaced.includes(name as Alternative))),
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
}

/**
 * Reads the certificates that a profile says are used later.
 *
 * @throws OptionError if the file is not a profile
 */
export function nextCertificatesOf(profile: string | URL): readonly NextCertificate[] {
  return withProfile<ProfiledOptions>({ profile }).nextCertificates ?? [];
}

/** The options that a profile may give. */
interface ProfiledOptions extends CredentialOptions {
  profile?: string | URL | undefined;
  hosts?: readonly string[] | undefined;
  baseUrl?: string | undefined;
}

type Alternative = (typeof ALTERNATIVES)[number][number];

/** If one of these is given, the profile's others do not stand beside it. */
const ALTERNATIVES = [
  ['baseUrl', 'hosts'],
  ['mchid', 'brandId'],
  ['privateKey', 'privateKeyPath'],
] as const;

type Content = Readonly<Record<string, unknown>>;

function contentOf(file: string): Content {
  const fault = pathFault(file);
  if (fault) throw new OptionError('profile', filled(NOT_A_PATH, { fault }));
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new OptionError(
      'profile',
      filled(UNREADABLE, { reason: fileErrorText(cause), file: redacted(file) }),
      cause,
    );
  }
  const value = parsed(text);
  if (isContent(value)) return value;
  throw new OptionError('profile', filled(NO_JSON, { file: redacted(file) }));
}

/** The message of the parser would quote the text, and what is no profile may be a key. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
}

function optionsIn(content: Content, folder: string): ProfiledOptions {
  const { text, path } = valuesOf(content, folder);
  const hosts = Array.isArray(content.hosts)
    ? content.hosts.map(String)
    : splitHosts(text('baseUrl') ?? text('hosts'));
  const id = text('wechatPayPublicKeyId');
  const publicKey = text('wechatPayPublicKey');
  const platform = text('platformCertificate') ?? path('platformCertificatePath');
  return {
    hosts,
    mchid: text('mchid'),
    brandId: text('brandId'),
    ...ownKeyIn(content, folder),
    nextCertificates: nextCertificatesIn(content, folder),
    wechatPayPublicKeys:
      id === undefined
        ? undefined
        : [
            {
              id,
              publicKey,
              publicKeyPath: publicKey === undefined ? path('wechatPayPublicKeyPath') : undefined,
            },
          ],
    wechatPayCertificates: platform === undefined ? undefined : [platform],
    apiV3Key: text('apiV3Key'),
  };
}

function nextCertificatesIn(content: Content, folder: string): NextCertificate[] | undefined {
  const { nextCertificates: given } = content;
  if (given === undefined || given === null) return undefined;
  if (!Array.isArray(given)) throw new OptionError('profile', NO_LIST);
  return given.map((next: unknown) => {
    if (!isContent(next)) throw new OptionError('profile', NO_LIST);
    return { ...ownKeyIn(next, folder), from: valuesOf(next, folder).text('from') ?? '' };
  });
}

function ownKeyIn(content: Content, folder: string): OwnKeyOptions {
  const { text, path } = valuesOf(content, folder);
  const privateKey = text('privateKey');
  return {
    certificateSerialNo: text('certificateSerialNo'),
    certificate: text('certificate') ?? path('certificatePath'),
    privateKey,
    privateKeyPath: privateKey === undefined ? path('privateKeyPath') : undefined,
  };
}

/** What reads the values of an object in a profile; a path is relative to the profile. */
function valuesOf(content: Content, folder: string) {
  const text = (key: string): string | undefined => {
    const value = content[key];
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'string') return value;
    throw new OptionError('profile', filled(NO_TEXT, { key }));
  };
  const path = (key: string): string | undefined => {
    const given = text(key);
    return given === undefined ? undefined : resolve(folder, given);
  };
  return { text, path };
}

function isContent(value: unknown): value is Content {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One origin, or several with commas between them. */
function splitHosts(text: string | undefined): string[] | undefined {
  return text?.split(',').map((host) => host.trim());
}

const NOT_A_PATH: Text = {
  'zh-CN': '应为配置文件的路径；这是{fault}',
  en: 'must be the path of a profile; this is {fault}',
};
const UNREADABLE: Text = { 'zh-CN': '无法读取：{reason}：{file}', en: 'cannot be read: {reason}: {file}' };
const NO_JSON: Text = {
  'zh-CN': '{file} 不是 JSON 对象；可用 coupon-media config init 生成',
  en: '{file} is not a JSON object; coupon-media config init writes one',
};
const NO_TEXT: Text = { 'zh-CN': '其中的 {key} 应为文本', en: '{key} in it must be text' };
const NO_LIST: Text = {
  'zh-CN':
    '其中的 nextCertificates 应为数组，各项形如 {"from": "2026-12-01T00:00:00+08:00", "certificatePath": …, "privateKeyPath": …}',
  en: 'nextCertificates in it must be a list with items like {"from": "2026-12-01T00:00:00+08:00", "certificatePath": …, "privateKeyPath": …}',
};
