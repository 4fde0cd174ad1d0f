import type { IncomingMessage } from 'node:http';
import { filled, responseLanguage, type Text } from '@coupon-media/apiv3';
import { createPageGuard } from '@coupon-media/server';
import type { MiddlewareHandler } from 'hono';
import { Problem } from '../problems/problem.js';
import type { ProblemCode } from '../problems/table.js';
import { sessionIn } from '../sessions/cookie.js';
import type { SessionFault } from '../sessions/sessions.js';
import { readToken, type TokenText, tokenIn } from '../tokens/token.js';
import type { TokenScope } from '../tokens/tokens.js';
import type { Admission, DoorEnv, DoorServices } from './environment.js';
import { isOfOwnPage } from './own-page.js';
import { type Peer, peerOf } from './peer.js';

type Services = Pick<
  DoorServices,
  | 'accounts'
  | 'allowedHosts'
  | 'authenticator'
  | 'behindTlsProxy'
  | 'failures'
  | 'listener'
  | 'log'
  | 'random'
  | 'sessions'
  | 'withoutToken'
>;

/**
 * Admits those who may ask: under a name of the service, from no foreign page, with a token or a session that was kept secret on its way.
 * No CORS header is ever sent.
 */
export function identify(services: Services): MiddlewareHandler<DoorEnv> {
  const { allowedHosts, accounts, authenticator, behindTlsProxy, failures, random, sessions } = services;
  const refusalOf = createPageGuard(allowedHosts);

  /** Tells that a token must be taken for known to others, if it is one: whoever makes up a token tells nothing. */
  async function report(token: TokenText, how: 'url' | 'clear', { address }: Peer): Promise<void> {
    if (failures.wait(address) > 0 && !authenticator.isFamiliar(token.id)) return;
    const record = await authenticator.authenticate(token);
    if (typeof record === 'string') return failures.record(address);
    const event = { token: record.id, account: record.account, how, address };
    services.log.warn(event, 'a token must be taken for known to others: revoke it');
    services.listener.compromised?.(event);
  }

  /**
   * Judges a token or a session by what the address has tried before. One that was accepted before goes on, so that one address with a
   * wrong token does not shut out its neighbours.
   */
  async function judged<T extends object>(
    text: TokenText | undefined,
    { address }: Peer,
    { authenticate, isFamiliar }: Judge<T>,
  ): Promise<T | SessionFault> {
    const wait = failures.wait(address);
    if (wait > 0 && !(text && isFamiliar(text.id))) throw tooMany(wait);
    const found = text ? await authenticate(text) : 'unknown';
    if (typeof found === 'string' && wait > 0) throw tooMany(wait);
    return found;
  }

  async function byToken(authorization: string, peer: Peer): Promise<Admission> {
    const text = readToken(/^bearer +(\S+) *$/i.exec(authorization)?.[1] ?? '');
    if (!peer.isPrivate) {
      if (text) await report(text, 'clear', peer);
      throw new Problem('token-in-clear', IN_CLEAR);
    }
    const token = await judged(text, peer, authenticator);
    if (typeof token === 'string') {
      failures.record(peer.address);
      throw unauthorized(...FAULTS[token]);
    }
    const isStill = async () => typeof (await authenticator.find(token.id)) !== 'string';
    return { by: 'token', token, session: undefined, isStill };
  }

  async function bySession(text: TokenText, request: IncomingMessage, peer: Peer): Promise<Admission> {
    if (!peer.isPrivate) throw new Problem('token-in-clear', IN_CLEAR);
    if (!isOfOwnPage(request)) throw new Problem('origin-foreign', NOT_OUR_PAGE);
    const found = await judged(text, peer, sessions);
    if (typeof found === 'string') {
      // Whoever has shown the secret of a session that is over has tried nothing.
      if (found === 'unknown') failures.record(peer.address);
      throw unauthorized(...(found === 'unknown' ? SESSION_OVER : FAULTS[found]));
    }
    return { by: 'session', ...found, isStill: () => sessions.isOpen(found.session.id) };
  }

  /** @returns undefined if nothing was shown */
  async function admitted(request: IncomingMessage, peer: Peer): Promise<Admission | undefined> {
    const { authorization, cookie, host } = request.headers;
    if (authorization !== undefined) return byToken(authorization, peer);
    const { withoutToken } = services;
    if (withoutToken) {
      if (!isOfOwnPage(request)) return undefined;
      return { by: 'page', token: withoutToken, session: undefined, isStill: async () => true };
    }
    const session = sessionIn(cookie, { isByTls: peer.isByTls, host });
    return session && bySession(session, request, peer);
  }

  return async (context, next) => {
    const { incoming, outgoing } = context.env;
    context.set('language', responseLanguage(incoming.headers['accept-language']));
    const requestId = random.id().toUpperCase();
    context.set('requestId', requestId);
    // On the connection itself: the framework would make web headers of them for each request.
    outgoing.setHeader('Request-ID', `${requestId}-0`);
    outgoing.setHeader('Cache-Control', 'no-store');
    outgoing.setHeader('X-Content-Type-Options', 'nosniff');
    const peer = peerOf(incoming, behindTlsProxy);
    const refusal = refusalOf(
      (name) => {
        const value = incoming.headers[name];
        return typeof value === 'string' ? value : undefined;
      },
      incoming.url,
      peer.isByTls,
    );
    if (refusal) throw new Problem(refusal === 'host' ? 'host-unknown' : 'origin-foreign', REFUSED[refusal]);
    context.set('address', peer.address);
    context.set('isByTls', peer.isByTls);
    const inUrl = tokenIn(incoming.url ?? '');
    if (inUrl) {
      await report(inUrl, 'url', peer);
      throw new Problem('token-in-url', IN_URL);
    }
    if (OPEN.has(context.req.path)) return next();
    const admission = await admitted(incoming, peer);
    if (!admission) {
      // A page that asks whether somebody is signed in has made no mistake, which browsers would show as one.
      if (context.req.method === 'GET' && context.req.path === '/v1/session') return context.body(null, 204);
      throw unauthorized('token-missing', MISSING);
    }
    const { token } = admission;
    if (!accounts.endpoints(token.account)) {
      throw new Problem('account-unknown', filled(NO_ACCOUNT, { account: token.account }));
    }
    context.set('admission', admission);
    context.set('token', token);
    return next();
  };
}

/** @returns a handler that lets pass what has one of the scopes */
export function need(...scopes: readonly TokenScope[]): MiddlewareHandler<DoorEnv> {
  return async (context, next) => {
    const { scopes: has } = context.get('token');
    if (!scopes.some((scope) => has.includes(scope))) {
      throw new Problem(
        'scope-missing',
        filled(NO_SCOPE, { needed: scopes.join(' / '), has: has.join(' ') }),
        {
          headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"` },
        },
      );
    }
    return next();
  };
}

/** What anybody may read: it says nothing of any account. */
const OPEN: ReadonlySet<string> = new Set(['/v1/openapi.json', '/v1/callback-key']);

function unauthorized(code: ProblemCode, detail: Text): Problem {
  const error = code === 'token-missing' ? '' : ' error="invalid_token"';
  return new Problem(code, detail, {
    headers: { 'WWW-Authenticate': `Bearer realm="coupon-media"${error && `,${error}`}` },
  });
}

function tooMany(wait: number): Problem {
  return new Problem('failures-too-many', TOO_MANY, { headers: { 'Retry-After': String(wait) } });
}

interface Judge<T extends object> {
  authenticate(text: TokenText): Promise<T | SessionFault>;
  isFamiliar(id: string): boolean;
}

const SESSION_OVER: [ProblemCode, Text] = [
  'session-over',
  {
    'zh-CN': '登录已过期或已退出；请重新输入访问令牌。没有完成的工作不会丢失。',
    en: 'The session has ended. Enter the token again; nothing that waits is lost.',
  },
];

const FAULTS: Readonly<Record<SessionFault, [ProblemCode, Text]>> = {
  over: SESSION_OVER,
  unknown: [
    'token-wrong',
    {
      'zh-CN': '没有这个访问令牌，或复制时不完整；用 coupon-media token create 创建。',
      en: 'There is no such token, or it was not copied whole. `coupon-media token create` makes one.',
    },
  ],
  revoked: [
    'token-revoked',
    { 'zh-CN': '该访问令牌已被吊销；请改用新的令牌。', en: 'This token was revoked. Use a new one.' },
  ],
  expired: [
    'token-expired',
    { 'zh-CN': '该访问令牌已过期；请改用新的令牌。', en: 'This token has expired. Use a new one.' },
  ],
};

const REFUSED = {
  host: {
    'zh-CN': '请求的 Host 不是本机名称，也不在允许的名称中。',
    en: 'Host is no name of this machine, nor one that is allowed.',
  },
  origin: {
    'zh-CN': '不接受其他网站的页面发来的请求。',
    en: 'Requests of pages of other origins are refused.',
  },
};
const NOT_OUR_PAGE = {
  'zh-CN': '登录 Cookie 只接受控制台页面发来的请求；程序请使用 Authorization: Bearer cmr_…。',
  en: 'A session is for requests of the console’s own page. Programs send Authorization: Bearer cmr_….',
};
const MISSING = {
  'zh-CN': '请在请求头中携带 Authorization: Bearer cmr_…。',
  en: 'Send the header Authorization: Bearer cmr_….',
};
const IN_URL = {
  'zh-CN': 'URL 会留在代理、日志和浏览器历史中：请把令牌放在 Authorization 请求头中，并吊销此令牌。',
  en: 'URLs stay in proxies, logs and histories. Send the token in the header Authorization, and revoke this one.',
};
const IN_CLEAR = {
  'zh-CN': '令牌从其他机器以明文传来，途中可能已被读取：请使用 HTTPS，并吊销此令牌。',
  en: 'The token came from another machine without TLS, where others could read it. Use https, and revoke this one.',
};
const TOO_MANY = {
  'zh-CN': '该地址的认证失败次数过多，请稍后重试。',
  en: 'Too many tokens of this address have failed; try again later.',
};
const NO_ACCOUNT = {
  'zh-CN': '配置中没有账户 {account}。',
  en: 'The configuration has no account {account}.',
};
const NO_SCOPE = {
  'zh-CN': '需要权限 {needed}，该令牌只有 {has}。',
  en: 'This needs {needed}; the token has {has}.',
};
