import { Readable } from 'node:stream';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { stream } from 'hono/streaming';
import { Problem } from '../problems/problem.js';
import type { DoorEnv, DoorServices } from './environment.js';
import { auditRoute, NDJSON } from './routes.js';

/** `GET /v1/audit`: who did what for the account of the token, as NDJSON, as far as the service has an audit. */
export function addAudit(app: OpenAPIHono<DoorEnv>, { audit }: DoorServices): void {
  app.openapi(auditRoute, (context) => {
    if (!audit) throw new Problem('not-found', NO_AUDIT);
    const { account } = context.get('token');
    const lines = Readable.from(audit({ ...context.req.valid('query'), account }));
    context.header('Content-Type', NDJSON);
    context.header('Cache-Control', 'no-store');
    return stream(context, async (out) => {
      out.onAbort(() => void lines.destroy());
      for await (const line of lines) await out.write(String(line));
    });
  });
}

const NO_AUDIT = { 'zh-CN': '该服务没有审计记录。', en: 'This service keeps no audit.' };
