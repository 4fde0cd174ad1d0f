import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { Problem } from '../problems/problem.js';
import { basePath, sessionCookie } from '../sessions/cookie.js';
import type { Session } from '../sessions/sessions.js';
import type { DoorEnv, DoorServices } from './environment.js';
import { closeSessionRoute, openSessionRoute, sessionRoute } from './routes.js';

/** `/v1/session`: a browser exchanges a token for a cookie that no script can read, asks whether it is still let in, and leaves. */
export function addSession(app: OpenAPIHono<DoorEnv>, { sessions }: Pick<DoorServices, 'sessions'>): void {
  app.openapi(openSessionRoute, async (context) => {
    const { by, token } = context.get('admission');
    // A session that could be exchanged for another one would never be over.
    if (by !== 'token') throw new Problem('token-missing', NEEDS_TOKEN);
    const { session, text, seconds } = await sessions.open(token);
    setCookie(context, text, seconds);
    return context.json(viewOf(context, session), 200);
  });

  app.openapi(sessionRoute, (context) =>
    context.json(viewOf(context, context.get('admission').session), 200),
  );

  app.openapi(closeSessionRoute, async (context) => {
    const { session } = context.get('admission');
    if (session) await sessions.end(session.id);
    setCookie(context, '', 0);
    return context.body(null, 204);
  });
}

function setCookie(context: Context<DoorEnv>, text: string, seconds: number): void {
  const { host } = context.env.incoming.headers;
  const base = basePath(context.req.header('coupon-media-base'));
  context.header('Set-Cookie', sessionCookie(text, seconds, base, { isByTls: context.get('isByTls'), host }));
}

/** @param session one that was opened now, or by which the request came */
function viewOf(context: Context<DoorEnv>, session: Session | undefined) {
  const { by, token } = context.get('admission');
  const { account, name, scopes } = token;
  const expiresAt = session?.expiresAt ?? token.expiresAt;
  return {
    ...{ by: session ? ('session' as const) : by, account, name, scopes: [...scopes] },
    expires_at: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
  };
}

const NEEDS_TOKEN = {
  'zh-CN': '登录需要在请求头中携带 Authorization: Bearer cmr_…。',
  en: 'A session is opened with Authorization: Bearer cmr_….',
};
