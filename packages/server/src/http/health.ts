import type { FastifyInstance } from 'fastify';
import type { ImageStore } from '../stores/index.js';

/** `/healthz`: the process answers. `/readyz`: it can take an upload now. */
export function healthRoutes(app: FastifyInstance, images: ImageStore): void {
  app.addHook('onSend', async (_, reply) => {
    reply.header('Cache-Control', 'no-store');
  });
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_, reply) => {
    try {
      await images.ready();
      return { status: 'ready' };
    } catch {
      // The reason is for the operator's log, not for whoever asks.
      return reply.code(503).send({ status: 'not ready', reason: 'the store takes no uploads now' });
    }
  });
}
