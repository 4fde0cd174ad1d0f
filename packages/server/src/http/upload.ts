import type { IncomingMessage, ServerResponse } from 'node:http';
import { type UploadEndpoint, uploadEndpoints } from '@coupon-media/apiv3';
import type { Logger } from 'pino';
import type { UploadHead } from '../signed/identify.js';
import { handleUpload, type UploadServices } from '../upload/pipeline.js';
import type { StoredUpload } from '../upload/store.js';
import type { Observers } from '../observe/observers.js';
import { answerSigned, type RequestLog } from './signed.js';

/** What answers a request itself, rejecting never. */
type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * The upload endpoints by their paths (contract 7). They are not fastify's: its content-type parsing refuses types that
 * real clients send, and what it does for a request none of them needs.
 */
export function uploadHandlers(
  services: UploadServices,
  log: Logger,
  observers: Observers,
): ReadonlyMap<string, Handler> {
  const logging: RequestLog<StoredUpload> = {
    ...observers,
    log,
    kind: 'upload',
    describe: ({ id, bytes }) => ({ image: id, bytes }),
  };
  return new Map(uploadEndpoints.map((endpoint) => [endpoint.path, handlerOf(endpoint)]));

  function handlerOf(endpoint: UploadEndpoint): Handler {
    const { scheme } = endpoint;
    return async (request, response) => {
      try {
        await answerSigned(request, response, logging, ({ requestId, url, course, header, body }) => {
          const head: UploadHead = { method: 'POST', url, scheme, endpoint, header };
          return handleUpload({ requestId, head, body }, services, course);
        });
      } catch (err) {
        log.error({ err }, 'upload');
        response.destroy();
      }
    };
  }
}
