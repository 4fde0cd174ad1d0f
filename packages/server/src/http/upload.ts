import { uploadEndpoints } from '@coupon-media/apiv3';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { handleUpload, type UploadServices } from '../upload/pipeline.js';
import type { StoredUpload } from '../upload/store.js';
import { answerSigned } from './signed.js';

/** The upload endpoints, a route each (contract 7). */
export function uploadRoutes(app: FastifyInstance, services: UploadServices, log: Logger): void {
  const logging = { log, message: 'upload', describe: ({ id }: StoredUpload) => ({ image: id }) };
  for (const endpoint of uploadEndpoints) {
    app.route({
      method: 'POST',
      url: endpoint.path,
      // Taken before fastify looks at the body: its content-type parsing refuses types that real clients send.
      onRequest: async ({ raw }, reply) => {
        reply.hijack();
        await answerSigned(raw, reply.raw, logging, ({ requestId, url, header, body }) =>
          handleUpload(
            { requestId, head: { method: 'POST', url, scheme: endpoint.scheme, endpoint, header }, body },
            services,
          ),
        );
      },
      handler: unreachable,
    });
  }
}

function unreachable(): never {
  throw new Error('an upload is answered before its handler');
}
