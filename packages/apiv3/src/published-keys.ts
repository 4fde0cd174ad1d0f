import { type PublicKey, publicKeyDigest } from './keys.js';
import type { Text } from './text.js';

/**
 * Names a key whose private half everybody can have: one of this project's test vectors, or of the published samples. It proves
 * nothing about who signs, so nothing that can be reached from elsewhere may trust it.
 *
 * @returns undefined if the key is not known to be one of these
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { loadCertificate, publishedKeyName } from '@coupon-media/apiv3';
 *
 * const { publicKey } = loadCertificate(readFileSync('apiclient_cert.pem', 'utf8'));
 * console.log(publishedKeyName(publicKey)?.en); // "the key of the vectors' first merchant"
 * ```
 */
export function publishedKeyName(publicKey: PublicKey): Text | undefined {
  return PUBLISHED.get(publicKeyDigest(publicKey));
}

/** By the SHA-256 of the key as DER (SPKI). */
const PUBLISHED: ReadonlyMap<string, Text> = new Map([
  [
    '0076df9361cc1f5744359234d7df9fd43442cf369fb98826562f1d10a347ec5c',
    { en: 'the merchant key of the published samples', 'zh-CN': '官方文档示例中的商户密钥' },
  ],
  [
    'a8d7b42d00ddcbece3ecbb528419f1e9cc1f740794def051f932fd3a23a4593c',
    { en: 'the platform key of the published samples', 'zh-CN': '官方文档示例中的平台密钥' },
  ],
  [
    'a0b558741adbd378a3109638ce8489e1761b97b9ef2f639083c61f02acb7850e',
    { en: "the key of the vectors' first merchant", 'zh-CN': '测试向量中第一个商户的密钥' },
  ],
  [
    '14783c88cae15ca12ae0bc4c4da207ebfc88f5a0f47a905f42925d5ebc86824f',
    { en: "the key of the vectors' other merchant", 'zh-CN': '测试向量中另一个商户的密钥' },
  ],
  [
    '664d8fcf721826110acffee38af4267c93d4059a47df2942cc318b3f6dccff93',
    { en: "the key of the vectors' platform", 'zh-CN': '测试向量中的平台密钥' },
  ],
]);
