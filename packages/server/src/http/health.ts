import type { Readiness } from '../observe/readiness.js';
import type { PlainResponse, PlainRoute } from './plain.js';

/**
 * `/healthz`: the process responds. `/readyz`: uploads can be taken now.
 *
 * @param beside the state of what the verdict does not depend on
 */
export function healthRoutes(readiness: Readiness, beside: () => object): PlainRoute[] {
  return [
    { path: '/healthz', isProbe: true, respond: (_, requestId) => json(200, { status: 'ok' }, requestId) },
    {
      path: '/readyz',
      isProbe: true,
      async respond(_, requestId) {
        const reason = await readiness.check();
        return reason === undefined
          ? json(200, { status: 'ready', ...beside() }, requestId)
          : json(503, { status: 'not ready', reason, ...beside() }, requestId);
      },
    },
  ];
}

function json(status: number, content: object, requestId: string): PlainResponse {
  const body = JSON.stringify(content);
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'request-id': requestId,
    'cache-control': 'no-store',
    'content-length': String(Buffer.byteLength(body)),
  };
  return { status, headers, body };
}
