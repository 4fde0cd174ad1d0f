import type { IncomingMessage, ServerResponse } from 'node:http';
import { CERTIFICATES_PATH, uploadEndpoints } from '@coupon-media/apiv3';
import fastify, { type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { answerEmpty } from '../upload/answer.js';
import type { UploadServices } from '../upload/pipeline.js';
import { certificateRoutes } from './certificates.js';
import { boundConnections } from './connections.js';
import { writeAnswer } from './exchange.js';
import { healthRoutes } from './health.js';
import { imageRoutes } from './images.js';
import { openApiRoutes } from './openapi/routes.js';
import { keepPace, type Pace } from './pace.js';
import { answerGarbage } from './raw-answer.js';
import { newRequestId } from './request-id.js';
import { uploadRoutes } from './upload.js';

/** What peers may take of the service, whoever they are. */
export interface HttpLimits extends Pace {
  /** Connections that may be open at a time. */
  connections: number;
}

/**
 * Milliseconds. A phone line of 300 kbit/s carries 2 MiB in a minute, and a proxy in front drops idle connections after
 * 60 s: it is to be the one who does. Headers fit into a packet or two.
 */
const DEADLINES = { headers: 10_000, request: 120_000, idle: 65_000, looks: 1_000 };

/** The service's HTTP face. Every answer is the contract's, or empty: none is in fastify's own words. */
export function createApp(services: UploadServices, log: Logger, limits: HttpLimits): FastifyInstance {
  const app = fastify({
    logger: false,
    // These two fastify sets itself, to its own defaults, whatever `http` says.
    requestTimeout: DEADLINES.request,
    keepAliveTimeout: DEADLINES.idle,
    http: {
      headersTimeout: DEADLINES.headers,
      connectionsCheckingInterval: DEADLINES.looks,
      // Node's own answer to a request without Host would carry no Request-ID; ours stands below.
      requireHostHeader: false,
    },
    return503OnClosing: false,
    clientErrorHandler: answerGarbage,
    frameworkErrors: (_error, request, reply) => {
      reply.hijack();
      void answerUnknown(request.raw, reply.raw);
    },
  });
  // Whoever waits to be told to send is refused on the headers, before a byte of the body (contract 5.10).
  app.server.on('checkContinue', (request, response) => app.routing(request, response));
  // Other expectations mean nothing here, and Node's own answer to them would carry no Request-ID.
  app.server.on('checkExpectation', (request, response) => app.routing(request, response));
  boundConnections(app.server, limits.connections);
  keepPace(app.server, limits, ({ remoteAddress }) => log.info({ remoteAddress }, 'too slow: cut off'));
  app.addHook('onRequest', (request, reply, done) => {
    const { raw } = request;
    const hostMissing = raw.headers.host === undefined && raw.httpVersion === '1.1';
    if (!hostMissing && !request.is404) return done();
    // Here and not in a handler for it: fastify would parse the body first, and refuse types it does not know.
    reply.hijack();
    if (hostMissing) void writeAnswer(raw, reply.raw, answerEmpty(400, newRequestId()));
    else void answerUnknown(raw, reply.raw);
  });
  // Of what fastify answers. An upload's answer has an id of its own.
  app.addHook('onSend', (_request, reply, _payload, done) => {
    reply.header('Request-ID', `${newRequestId()}-0`);
    done();
  });
  app.setErrorHandler((error, _request, reply) => {
    log.error({ err: error }, 'request');
    return reply.code(500).send();
  });
  uploadRoutes(app, services, log);
  certificateRoutes(app, services, log);
  imageRoutes(app, services.images);
  app.register(async (scope) => healthRoutes(scope, services.images));
  openApiRoutes(app);
  return app;
}

/** What may be asked of the paths there are, to tell a wrong method from an unknown path (contract 5.7). */
const ALLOWED: readonly [RegExp | string, string][] = [
  ...uploadEndpoints.map(({ path }): [string, string] => [path, 'POST']),
  [CERTIFICATES_PATH, 'GET'],
  [/^\/images\/[^/]+$/, 'GET, HEAD'],
  ['/healthz', 'GET, HEAD'],
  ['/readyz', 'GET, HEAD'],
  ['/openapi.json', 'GET, HEAD'],
  ['/docs', 'GET, HEAD'],
];

async function answerUnknown(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [path = ''] = (request.url ?? '').split('?');
  const [, allow] =
    ALLOWED.find(([known]) => (typeof known === 'string' ? known === path : known.test(path))) ?? [];
  const answer = allow
    ? answerEmpty(405, newRequestId(), { Allow: allow })
    : answerEmpty(404, newRequestId());
  await writeAnswer(request, response, answer);
}
