import {
  createSigner,
  loadPrivateKey,
  RESPONSE_CLOCK_WINDOW,
  type Signer,
  signResponse,
} from '@coupon-media/apiv3';
import type { PlatformKeyRecord, Response } from '@coupon-media/server';
import type { FaultRow, Signing } from './row.js';

/** Twice the window of a client, 10 minutes: beyond doubt outside. */
const OUT_OF_TIME = 2 * RESPONSE_CLOCK_WINDOW;

/** Responses that a client must refuse (contract 3.6), and genuine ones that look different. Each changes a signed response. */
export const signatureFaults = {
  UNSIGNED: {
    stage: 'signed',
    text: { en: 'the response has no signature', 'zh-CN': '应答没有签名' },
    change: ({ headers, ...response }) => ({
      ...response,
      headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !SIGNATURE.test(name))),
    }),
  },
  SIGNATURE_WRONG: {
    stage: 'signed',
    text: { en: 'the signature is one over another body', 'zh-CN': '签名对应的是另一个应答体' },
    change: (response, signing) => signedAgain(response, signing, { body: `${response.body} ` }),
  },
  SIGNED_BY_OTHER_KEY: {
    stage: 'signed',
    text: {
      en: 'another key signed than the one that Wechatpay-Serial names',
      'zh-CN': '签名所用的密钥与 Wechatpay-Serial 不符',
    },
    change: async (response, signing) => {
      const { sign } = signerOf(await signing.other());
      return signedAgain(response, signing, { signer: { keyId: signing.signer.keyId, sign } });
    },
  },
  SERIAL_UNKNOWN: {
    stage: 'signed',
    text: {
      en: 'Wechatpay-Serial names a key that there is not',
      'zh-CN': 'Wechatpay-Serial 指向不存在的密钥',
    },
    change: (response, signing) => {
      const { keyId, ...signer } = signing.signer;
      const unknown = keyId.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
      return signedAgain(response, signing, { signer: { ...signer, keyId: unknown } });
    },
  },
  TIMESTAMP_OLD: {
    stage: 'signed',
    text: { en: 'signed 10 minutes ago', 'zh-CN': '应答时间戳是 10 分钟前' },
    change: (response, signing) => signedAgain(response, signing, { timestamp: signing.now - OUT_OF_TIME }),
  },
  TIMESTAMP_AHEAD: {
    stage: 'signed',
    text: { en: 'signed 10 minutes ahead', 'zh-CN': '应答时间戳是 10 分钟后' },
    change: (response, signing) => signedAgain(response, signing, { timestamp: signing.now + OUT_OF_TIME }),
  },
  SIGNTEST: {
    stage: 'signed',
    text: {
      en: 'a probe, whose signature begins with WECHATPAY/SIGNTEST/',
      'zh-CN': '探测流量，签名以 WECHATPAY/SIGNTEST/ 开头',
    },
    change: (response) =>
      withHeaders(response, (name, value) =>
        name === 'Wechatpay-Signature' ? `WECHATPAY/SIGNTEST/${value}` : value,
      ),
  },
  BODY_CHANGED: {
    stage: 'signed',
    text: { en: 'the body was changed after it was signed', 'zh-CN': '应答体在签名之后被改动' },
    // The last letter or digit of a JSON text stands in a string, so that it stays JSON of the same length.
    change: (response) => ({
      ...response,
      body: String(response.body).replace(/[0-9A-Za-z](?=[^0-9A-Za-z]*$)/, (last) =>
        last === 'x' ? 'y' : 'x',
      ),
    }),
  },
  HEADERS_IN_LOWER_CASE: {
    stage: 'signed',
    text: {
      en: 'a genuine response whose header names are in lower case, as behind a proxy with HTTP/2',
      'zh-CN': '真实应答，但头名为小写（如经过支持 HTTP/2 的代理）',
    },
    change: ({ headers, ...response }) => ({
      ...response,
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
      ),
    }),
  },
  SIGNED_IN_OTHER_MODE: {
    stage: 'signed',
    text: {
      en: 'a genuine response of the other mode: signed by the certificate where a public key was expected, or the reverse',
      'zh-CN': '另一种模式的真实应答：应使用公钥签名时用了平台证书，或相反',
    },
    change: async (response, signing) =>
      signedAgain(response, signing, { signer: signerOf(await signing.other()) }),
  },
  PLATFORM_KEY_ROTATED: {
    stage: 'signed',
    text: {
      en: 'a genuine response of a new platform key, which /v3/certificates lists from then on if it is a certificate',
      'zh-CN': '由新的平台密钥签名的真实应答；新密钥是证书时，/v3/certificates 从此列出它',
    },
    change: async (response, signing) =>
      signedAgain(response, signing, { signer: signerOf(await signing.next()) }),
  },
} as const satisfies Record<string, FaultRow>;

const SIGNATURE = /^wechatpay-/i;

/** Signs a response again, with what is to differ. The headers keep their order. */
export async function signedAgain(
  response: Response,
  { scheme, signer, now, nonce }: Pick<Signing, 'scheme' | 'signer' | 'now' | 'nonce'>,
  differing: { body?: string; signer?: Signer; timestamp?: number },
): Promise<Response> {
  const signature = await signResponse({
    ...{ scheme, signer, timestamp: now, nonce, body: response.body },
    ...differing,
  });
  return { ...response, headers: { ...response.headers, ...signature } };
}

export function signerOf({ id, privateKeyPem }: PlatformKeyRecord): Signer {
  return createSigner(id, loadPrivateKey(privateKeyPem));
}

function withHeaders(response: Response, replaced: (name: string, value: string) => string): Response {
  const headers = Object.entries(response.headers).map(([name, value]) => [name, replaced(name, value)]);
  return { ...response, headers: Object.fromEntries(headers) };
}
