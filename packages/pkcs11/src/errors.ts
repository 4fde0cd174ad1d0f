import { BilingualError, filled, type Text, type TextValues } from '@coupon-media/apiv3';

/** Codes of this package's errors. They are stable: decide on them, not on messages. */
export type Pkcs11ErrorCode = keyof typeof TEXTS;

/** Why a token gave no signature. `message` and `texts` never hold a PIN; `cause` is the error of the module. */
export class Pkcs11SignerError extends BilingualError {
  override readonly name = 'Pkcs11SignerError';
  readonly code: Pkcs11ErrorCode;

  constructor(code: Pkcs11ErrorCode, values: TextValues = {}, cause?: unknown) {
    super(filled(TEXTS[code], values), { cause });
    this.code = code;
  }
}

/** The sentences, each with what to do. */
const TEXTS = {
  OPTION_INVALID: {
    'zh-CN': '{option} {fault}',
    en: '{option} {fault}',
  },
  DRIVER_MISSING: {
    'zh-CN':
      '未安装 pkcs11js，或与本机的 Node 不匹配；请在程序所在目录执行 npm install pkcs11js（需要 C++ 编译器）',
    en: "pkcs11js is not installed, or not for this machine's Node; run npm install pkcs11js beside your program (it needs a C++ compiler)",
  },
  MODULE_NOT_FOUND: {
    'zh-CN': '没有 PKCS#11 模块 {module}；请填写厂商 .so 文件的绝对路径',
    en: 'there is no PKCS#11 module {module}; give the absolute path of the .so file of your vendor',
  },
  MODULE_UNUSABLE: {
    'zh-CN': 'PKCS#11 模块 {module} 无法使用（{reason}）；请检查文件、系统架构和模块自己的配置',
    en: 'the PKCS#11 module {module} cannot be used ({reason}); check the file, its architecture and its own configuration',
  },
  TOKEN_NOT_FOUND: {
    'zh-CN': '没有找到令牌 {token}；当前可见：{tokens}',
    en: 'there is no token {token}; those that can be seen: {tokens}',
  },
  TOKEN_AMBIGUOUS: {
    'zh-CN': '有多个令牌符合 {token}：{tokens}；请改用 slot 指定',
    en: 'several tokens are {token}: {tokens}; name one by its slot',
  },
  PIN_UNREADABLE: {
    'zh-CN': '无法读取 pinFile {file}（{reason}）',
    en: 'pinFile {file} cannot be read ({reason})',
  },
  PIN_WRONG: {
    'zh-CN': '令牌 {token} 不接受该 PIN；为免令牌被锁定，不再重试，请更正后重新打开',
    en: 'token {token} does not accept the PIN; it is not tried again, so that the token is not locked: correct it and open the signer again',
  },
  PIN_LOCKED: {
    'zh-CN': '令牌 {token} 的 PIN 已被锁定；请由管理员（SO）解锁',
    en: 'the PIN of token {token} is locked; its security officer can unlock it',
  },
  KEY_NOT_FOUND: {
    'zh-CN': '令牌 {token} 中没有私钥 {key}；令牌中的私钥：{keys}',
    en: 'token {token} has no private key {key}; the private keys in it: {keys}',
  },
  KEY_AMBIGUOUS: {
    'zh-CN': '令牌 {token} 中有 {count} 个私钥符合 {key}；请同时给出 keyLabel 和 keyId',
    en: '{count} private keys in token {token} are {key}; give both keyLabel and keyId',
  },
  KEY_NOT_RSA: {
    'zh-CN': '令牌 {token} 中的私钥 {key} 不是 RSA；微信支付的 API 证书使用 RSA 密钥',
    en: 'the private key {key} in token {token} is not RSA; API certificates of WeChat Pay have RSA keys',
  },
  MECHANISM_MISSING: {
    'zh-CN': '令牌 {token} 既不支持 CKM_SHA256_RSA_PKCS，也不支持 CKM_RSA_PKCS',
    en: 'token {token} has neither CKM_SHA256_RSA_PKCS nor CKM_RSA_PKCS',
  },
  DEVICE_REMOVED: {
    'zh-CN': '令牌 {token} 已断开（{reason}）；恢复连接后会自动重新登录',
    en: 'token {token} is gone ({reason}); the signer logs in again when it is back',
  },
  SIGNING_REFUSED: {
    'zh-CN': '令牌 {token} 拒绝签名（{reason}）',
    en: 'token {token} refused to sign ({reason})',
  },
  CLOSED: {
    'zh-CN': 'Signer 已关闭，请重新打开',
    en: 'the signer was closed; open another one',
  },
} as const satisfies Record<string, Text>;
