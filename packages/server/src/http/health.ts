import type { FastifyInstance } from 'fastify';
import type { Readiness } from '../observe/readiness.js';

/** `/healthz`: the process answers. `/readyz`: it can take an upload now, and goes on taking them. */
export function healthRoutes(app: FastifyInstance, readiness: Readiness): void {
  app.addHook('onSend', async (_, reply) => {
    reply.header('Cache-Control', 'no-store');
  });
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_, reply) => {
    const reason = await readiness.check();
    return reason === undefined ? { status: 'ready' } : reply.code(503).send({ status: 'not ready', reason });
  });
}
