import { filled, networkReasonText, type Text } from '@coupon-media/apiv3';
import type { ProxyRoute } from './route.js';

/** What a proxy did in place of connecting. */
export interface ProxyAnswer {
  /** The status of its response to CONNECT. */
  status?: number;
  /** Its `Proxy-Authenticate`. */
  wants?: string | undefined;
  /** What its SOCKS reply means. */
  reason?: Text;
}

/** A proxy could not be reached, or did not connect. */
export class ProxyFailure extends Error {
  override readonly name = 'ProxyFailure';
  readonly code = 'PROXY_FAILED';
  /** In both languages, without the target. */
  readonly texts: Text;

  constructor(route: ProxyRoute, answer: ProxyAnswer, cause?: unknown) {
    const texts = filled(SENTENCE, {
      place: route.place,
      from: route.from,
      what: whatOf(route, answer, cause),
    });
    super(texts.en, { cause });
    this.texts = texts;
  }
}

/** @returns the failure of a proxy among an error and its causes */
export function proxyFailureIn(error: unknown): ProxyFailure | undefined {
  if (error instanceof ProxyFailure) return error;
  return error instanceof Error && error.cause !== undefined ? proxyFailureIn(error.cause) : undefined;
}

/** Says what a proxy wants that responds 407, or 401, as tinyproxy does to a wrong password. */
function wantsText(status: number, wants: string | undefined, { url, place, protocol }: ProxyRoute): Text {
  const schemes = [...(wants ?? '').matchAll(/(?:^|,)\s*([A-Za-z][\w-]*)(?=\s|,|$)/g)].map(
    ([, scheme = '']) => scheme,
  );
  if (schemes.length > 0 && !schemes.some((scheme) => /^basic$/i.test(scheme)))
    return filled(WANTS_OTHER, { status, schemes: schemes.slice(0, 4).join(', ').slice(0, 80) });
  return filled(url.username === '' ? WANTS_PASSWORD : REFUSES_PASSWORD, { status, protocol, place });
}

function whatOf(route: ProxyRoute, { status, wants, reason }: ProxyAnswer, cause: unknown): Text {
  if (reason) return reason;
  if (status === undefined) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no HTTP';
    return filled(UNREACHABLE, { why: networkReasonText(cause) ?? NO_PROXY, code });
  }
  if (status === 407 || status === 401) return wantsText(status, wants, route);
  const meaning = status === 403 || status === 405 ? FORBIDS : status >= 500 ? CANNOT : NO_TUNNEL;
  return filled(meaning, { status });
}

const SENTENCE: Text = {
  'zh-CN': '代理 {place}（来自 {from}）{what}',
  en: 'the proxy {place} (from {from}) {what}',
};
const UNREACHABLE: Text = {
  'zh-CN': '无法连接：{why}（{code}）',
  en: 'cannot be reached: {why} ({code})',
};
const NO_PROXY: Text = { 'zh-CN': '它没有像代理那样应答', en: 'it does not respond like a proxy' };
const WANTS_PASSWORD: Text = {
  'zh-CN': '要求认证（{status}）：请写成 {protocol}://用户名:密码@{place}',
  en: 'asks for a user and a password ({status}): write {protocol}://user:password@{place}',
};
const REFUSES_PASSWORD: Text = {
  'zh-CN': '不接受所给的用户名和密码（{status}）',
  en: 'does not accept the user and the password that it was given ({status})',
};
const WANTS_OTHER: Text = {
  'zh-CN':
    '要求 {schemes} 认证（{status}），而这里只支持 Basic：请在本机运行 cntlm 或 px 这样的转发代理，再填它的地址',
  en: 'asks for {schemes} ({status}), and only Basic is supported here: run a forwarding proxy such as cntlm or px on this machine, and give its address',
};
const FORBIDS: Text = {
  'zh-CN': '不允许连接这个域名（{status}）：请让其管理员放行',
  en: 'does not allow this host ({status}): have its administrator allow it',
};
const CANNOT: Text = {
  'zh-CN': '连不上目标域名（{status}）：检查代理自身的网络和 DNS',
  en: 'could not reach the host itself ({status}): check its network and DNS',
};
const NO_TUNNEL: Text = {
  'zh-CN': '没有建立隧道，返回 {status}：确认它是支持 CONNECT 的 HTTP 代理',
  en: 'made no tunnel and responded with {status}: make sure that it is an HTTP proxy with CONNECT',
};
