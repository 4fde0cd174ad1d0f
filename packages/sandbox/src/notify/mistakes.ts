import type { Text } from '@coupon-media/apiv3';
import type { Draft, SignedNotification } from './sign.js';

/** A notification that its receiver must refuse. */
export interface Mistake {
  /** What is wrong with it. */
  readonly what: Text;
  /** Changes what is made. */
  readonly draft?: (draft: Draft) => Draft | Promise<Draft>;
  /** Changes what was made, after it was signed. */
  readonly message?: (message: SignedNotification) => SignedNotification;
}

/** Seconds; a notification 300 s or more from the receiver's clock is not trusted (contract 3.6). */
const TOO_FAR = 600;

/** The mistakes by their names. `apiv3-key`, `associated-data` and `not-json` are signed rightly: decrypting finds them. */
export const MISTAKES = {
  signature: {
    what: { en: 'its signature is wrong', 'zh-CN': '签名错误' },
    message: ({ headers, body }) => ({
      headers: { ...headers, [SIGNATURE]: otherFirst(headers[SIGNATURE] ?? '') },
      body,
    }),
  },
  signtest: {
    what: {
      en: 'it is a probe of WeChat Pay: its signature begins WECHATPAY/SIGNTEST/ and is wrong',
      'zh-CN': '微信支付的签名探测流量：签名值以 WECHATPAY/SIGNTEST/ 开头，验签应不通过',
    },
    // Probes must fail like any wrong signature (contract 3.7).
    message: ({ headers, body }) => ({
      headers: { ...headers, [SIGNATURE]: `WECHATPAY/SIGNTEST/${headers[SIGNATURE]}` },
      body,
    }),
  },
  unsigned: {
    what: { en: 'it has no signature', 'zh-CN': '没有签名' },
    message: ({ headers, body }) => ({
      headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('Wechatpay-'))),
      body,
    }),
  },
  old: {
    what: { en: 'it was signed 10 minutes ago', 'zh-CN': '签名时间是 10 分钟前' },
    draft: (draft) => ({ ...draft, timestamp: draft.timestamp - TOO_FAR }),
  },
  future: {
    what: { en: 'it was signed 10 minutes ahead', 'zh-CN': '签名时间超前 10 分钟' },
    draft: (draft) => ({ ...draft, timestamp: draft.timestamp + TOO_FAR }),
  },
  key: {
    what: {
      en: 'another key signed it than Wechatpay-Serial names',
      'zh-CN': '签名所用的密钥与 Wechatpay-Serial 不符',
    },
    draft: async (draft) => ({ ...draft, signer: await draft.otherSigner() }),
  },
  serial: {
    what: {
      en: 'Wechatpay-Serial names a key that does not exist',
      'zh-CN': 'Wechatpay-Serial 中的密钥不存在',
    },
    message: ({ headers, body }) => ({
      headers: { ...headers, 'Wechatpay-Serial': 'PUB_KEY_ID_0100000000000000000000000000' },
      body,
    }),
  },
  body: {
    what: { en: 'its body was changed after it was signed', 'zh-CN': '签名之后报文被改动' },
    message: ({ headers, body }) => ({ headers, body: body.replace('encrypt-resource', 'encrypt_resource') }),
  },
  'apiv3-key': {
    what: { en: 'it was encrypted with another APIv3 key', 'zh-CN': '加密所用的 APIv3 密钥不符' },
    draft: (draft) => ({ ...draft, apiV3Key: draft.otherApiV3Key() }),
  },
  'associated-data': {
    what: {
      en: 'its associated_data is not that of the encryption',
      'zh-CN': 'associated_data 与加密时不符',
    },
    draft: (draft) => ({ ...draft, sentAssociatedData: `${draft.associatedData}x` }),
  },
  'not-json': {
    what: { en: 'its body is signed and no JSON', 'zh-CN': '报文签名正确，但不是 JSON' },
    draft: (draft) => ({ ...draft, body: '<xml><return_code>SUCCESS</return_code></xml>' }),
  },
} as const satisfies Readonly<Record<string, Mistake>>;

export type MistakeName = keyof typeof MISTAKES;

/** The names of all mistakes. */
export const MISTAKE_NAMES: readonly MistakeName[] = Object.keys(MISTAKES) as MistakeName[];

/** @returns what is wrong with a notification with this mistake */
export function whatIsWrong(mistake: MistakeName): Text {
  return MISTAKES[mistake].what;
}

const SIGNATURE = 'Wechatpay-Signature';

/** @returns the text with another first letter, so that it stays base64 */
function otherFirst(text: string): string {
  return `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`;
}
