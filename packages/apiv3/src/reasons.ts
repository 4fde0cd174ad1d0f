import type { Text } from './text.js';

/**
 * Says why the file system refused; undefined for an error of another kind, and for one without a sentence.
 *
 * @example
 * ```ts
 * import { fileReasonText } from '@coupon-media/apiv3';
 *
 * console.log(fileReasonText({ code: 'ENOSPC' })?.en); // 'no space is left'
 * ```
 */
export function fileReasonText(error: unknown): Text | undefined {
  return FILE[codeOf(error)];
}

/**
 * Says why the network failed; undefined for an error of another kind, and for one without a sentence.
 *
 * @example
 * ```ts
 * import { networkReasonText } from '@coupon-media/apiv3';
 *
 * console.log(networkReasonText({ code: 'ECONNREFUSED' })?.en); // 'the connection was refused'
 * ```
 */
export function networkReasonText(error: unknown): Text | undefined {
  const { cause } = (error ?? {}) as { cause?: unknown };
  return NETWORK[codeOf(error)] ?? (cause === undefined ? undefined : networkReasonText(cause));
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

const DENIED = { 'zh-CN': '没有权限', en: 'permission denied' };
const FULL = { 'zh-CN': '磁盘空间不足', en: 'no space is left' };

/** By the codes that Node gives what a file system says. */
const FILE: Readonly<Record<string, Text>> = {
  EACCES: DENIED,
  EPERM: DENIED,
  EROFS: { 'zh-CN': '文件系统只读', en: 'the file system is read-only' },
  ENOSPC: FULL,
  EDQUOT: FULL,
  EFBIG: FULL,
  ENOTDIR: { 'zh-CN': '路径中有一段是文件而不是目录', en: 'a part of the path is a file, not a folder' },
  EEXIST: { 'zh-CN': '是文件而不是目录', en: 'it is a file, not a folder' },
  EISDIR: { 'zh-CN': '是目录而不是文件', en: 'it is a folder, not a file' },
  ENOENT: { 'zh-CN': '没有这个文件', en: 'there is no such file' },
  EMFILE: { 'zh-CN': '打开的文件过多', en: 'too many files are open' },
  ELOOP: { 'zh-CN': '符号链接成环', en: 'its links lead in a circle' },
  ENAMETOOLONG: { 'zh-CN': '文件名过长', en: 'the name is longer than names may be' },
};

const BROKEN = { 'zh-CN': '连接中断', en: 'the connection broke' };
const LATE = { 'zh-CN': '连接超时', en: 'no connection was made in time' };
const UNKNOWN_HOST = { 'zh-CN': '域名无法解析', en: 'the host name has no address' };
const UNTRUSTED = { 'zh-CN': 'TLS 证书不受信任', en: 'its TLS certificate is not trusted' };

/** By the codes that Node and undici give what goes wrong with a connection. */
const NETWORK: Readonly<Record<string, Text>> = {
  ECONNREFUSED: { 'zh-CN': '连接被拒绝', en: 'the connection was refused' },
  ECONNRESET: BROKEN,
  EPIPE: BROKEN,
  UND_ERR_SOCKET: BROKEN,
  ETIMEDOUT: LATE,
  UND_ERR_CONNECT_TIMEOUT: LATE,
  ENOTFOUND: UNKNOWN_HOST,
  EAI_AGAIN: UNKNOWN_HOST,
  EHOSTUNREACH: { 'zh-CN': '主机不可达', en: 'there is no route to the host' },
  ENETUNREACH: { 'zh-CN': '网络不可达', en: 'there is no route to the network' },
  CERT_HAS_EXPIRED: { 'zh-CN': 'TLS 证书已过期', en: 'its TLS certificate has expired' },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    'zh-CN': 'TLS 证书与域名不符',
    en: 'its TLS certificate is for another host',
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
};
