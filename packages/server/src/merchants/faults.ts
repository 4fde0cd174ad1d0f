import {
  BilingualError,
  filled,
  knowInstances,
  redactedId,
  type Text,
  type TextValues,
} from '@coupon-media/apiv3';

/** A merchant, a certificate or a platform key cannot be stored like this. The message says why. */
export class MerchantError extends BilingualError {
  override readonly name = 'MerchantError';
  readonly code = 'MERCHANT';

  /**
   * @param ids the ids as given. An id that is malformed may be a key or a password, so the message shows only what it
   *   looks like
   * @param values all other values of the message
   */
  constructor(fault: Fault, ids: Readonly<Record<string, string>> = {}, values: TextValues = {}) {
    const told = Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, redactedId(id)]));
    super(filled(FAULTS[fault], { ...values, ...told }));
  }
}
knowInstances('@coupon-media/server', { MerchantError });

export type Fault = keyof typeof FAULTS;

/** The mistakes that an administrator can make, in words. */
const FAULTS = {
  idMalformed: {
    en: '{id} is not a valid {scheme}, which has 1 to 32 digits or letters',
    'zh-CN': '{id} 不是 {scheme}：应为 1 到 32 位数字或字母',
  },
  apiV3KeyMalformed: {
    en: 'an APIv3 key must have 32 ASCII characters without spaces',
    'zh-CN': 'APIv3 密钥应为 32 个 ASCII 字符，不含空格',
  },
  quotaMalformed: {
    en: 'a quota must be a number of uploads per second; 0 means no limit',
    'zh-CN': '频率限制是每秒可上传的次数，0 为不限',
  },
  keyPublished: {
    en: 'this is {key}, whose private half everybody can have: anybody could sign with it',
    'zh-CN': '这是{key}，任何人都能得到它的私钥，都可以用它签名',
  },
  merchantKnown: { en: 'merchant {id} is already registered', 'zh-CN': '商户 {id} 已存在' },
  merchantUnknown: { en: 'there is no merchant {id}', 'zh-CN': '没有商户 {id}' },
  certificateKnown: {
    en: 'merchant {id} already has certificate {serialNo}',
    'zh-CN': '商户 {id} 已有证书 {serialNo}',
  },
  certificateUnknown: {
    en: 'merchant {id} has no certificate {serialNo}; its certificates: {theirs}',
    'zh-CN': '商户 {id} 没有证书 {serialNo}；它的证书：{theirs}',
  },
  certificatesTooMany: {
    en: 'merchant {id} has {count} valid certificates, and at most {most} are allowed; first revoke one of {theirs}',
    'zh-CN': '商户 {id} 已有 {count} 张有效证书，最多 {most} 张；请先作废其中一张：{theirs}',
  },
  certificateExpired: {
    en: 'certificate {serialNo} expired on {day}',
    'zh-CN': '证书 {serialNo} 已于 {day} 过期',
  },
  serialMalformed: {
    en: 'the serial {serialNo} does not have 8 to 40 hex digits, so no request could name it',
    'zh-CN': '证书序列号 {serialNo} 不是 8 到 40 位十六进制数，请求无法使用它',
  },
  platformKeyKnown: { en: 'platform key {id} already exists', 'zh-CN': '已有平台密钥 {id}' },
  platformKeyUnknown: { en: 'there is no platform key {id}', 'zh-CN': '没有平台密钥 {id}' },
  platformKeyNotInUse: {
    en: 'no platform key {id} is in use',
    'zh-CN': '没有使用中的平台密钥 {id}',
  },
  platformKeyLast: {
    en: '{id} is the last platform key that can sign responses; first add another one and give it to the merchants',
    'zh-CN': '{id} 是最后一个可为应答签名的平台密钥；请先添加新密钥，并把公钥交给各商户',
  },
  platformKeyIdMalformed: {
    en: '{id} is not a valid public key id, which is PUB_KEY_ID_ followed by digits or letters',
    'zh-CN': '{id} 不是公钥 ID：应为 PUB_KEY_ID_ 加数字或字母',
  },
  platformKeysNoPair: {
    en: 'the private key and the public key do not belong together',
    'zh-CN': '私钥与公钥不匹配',
  },
  platformCertificateNoPair: {
    en: 'the private key and the certificate do not belong together',
    'zh-CN': '私钥与平台证书不匹配',
  },
  platformCertificateAlone: {
    en: 'a certificate contains its public key, and its serial is the id: give neither of them',
    'zh-CN': '平台证书已包含公钥，ID 就是其序列号，不需要另行提供',
  },
} as const satisfies Readonly<Record<string, Text>>;
