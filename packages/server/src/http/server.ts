import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { CERTIFICATES_PATH, uploadEndpoints } from '@coupon-media/apiv3';
import fastify, { type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { answerEmpty } from '../signed/response.js';
import type { UploadServices } from '../upload/pipeline.js';
import { certificateRoutes } from './certificates.js';
import { boundConnections } from './connections.js';
import { writeAnswer } from './exchange.js';
import { healthRoutes } from './health.js';
import { imageRoutes } from './images.js';
import type { Observers } from '../observe/observers.js';
import { openApiRoutes } from './openapi/routes.js';
import { keepPace, type Pace } from './pace.js';
import { answerGarbage } from './raw-response.js';
import type { Readiness } from '../observe/readiness.js';
import { newRequestId } from './request-id.js';
import { uploadHandlers } from './upload.js';

/** What peers may take of the service, whoever they are. */
export interface HttpLimits extends Pace {
  /** Whether images are served here. */
  serveImages: boolean;
  /** Connections that may be open at a time. */
  maxConnections: number;
}

/** How it is watched and stopped. */
export interface Operation extends Observers {
  readonly readiness: Readiness;
  /** Aborted when the service is told to stop. */
  readonly stopping: AbortSignal;
}

/**
 * Milliseconds. A phone line of 300 kbit/s carries 2 MiB in a minute, and a proxy in front drops idle connections after
 * 60 s: it is to be the one who does. Headers fit into a packet or two.
 */
const SERVER: http.ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 120_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 1_000,
  // Node's own answer to a request without Host would carry no Request-ID; ours stands below.
  requireHostHeader: false,
};

/** The service's HTTP face. Every answer is the contract's, or empty: none is in fastify's own words. */
export function createApp(
  services: UploadServices,
  log: Logger,
  limits: HttpLimits,
  operation: Operation,
): FastifyInstance {
  const { readiness, stopping, metrics } = operation;
  const uploads = uploadHandlers(services, log, operation);
  const app = fastify({
    logger: false,
    serverFactory: (toFastify) => {
      const server = http.createServer(SERVER, route);
      // Whoever waits to be told to send is refused on the headers, before a byte of the body (contract 5.10).
      server.on('checkContinue', route);
      // Other expectations mean nothing here, and Node's own answer to them would carry no Request-ID.
      server.on('checkExpectation', route);
      return server;

      function route(request: IncomingMessage, response: ServerResponse): void {
        const upload =
          request.method === 'POST' && !isHostMissing(request) ? uploads.get(pathOf(request)) : undefined;
        if (upload) void upload(request, response);
        else toFastify(request, response);
      }
    },
    return503OnClosing: false,
    clientErrorHandler: answerGarbage,
    frameworkErrors: (_error, request, reply) => {
      reply.hijack();
      void answerUnknown(request.raw, reply.raw);
    },
  });
  const closeUnused = boundConnections(app.server, limits.maxConnections, stopping);
  app.addHook('preClose', async () => closeUnused());
  keepPace(app.server, limits, ({ remoteAddress }) => {
    log.info({ remoteAddress }, 'too slow: cut off');
    metrics?.cut();
  });
  app.addHook('onRequest', (request, reply, done) => {
    const { raw } = request;
    const hostMissing = isHostMissing(raw);
    if (!hostMissing && !request.is404) return done();
    // Here and not in a handler for it: fastify would parse the body first, and refuse types it does not know.
    reply.hijack();
    if (hostMissing) void writeAnswer(raw, reply.raw, answerEmpty(400, newRequestId()));
    else void answerUnknown(raw, reply.raw);
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    reply.header('Request-ID', `${newRequestId()}-0`);
    done();
  });
  app.setErrorHandler((error, _request, reply) => {
    log.error({ err: error }, 'request');
    return reply.code(500).send();
  });
  certificateRoutes(app, services, log, operation);
  if (limits.serveImages) {
    app.register(async (scope) => {
      if (metrics) {
        scope.addHook('onResponse', (_request, reply, done) => {
          metrics.imageRead(reply.statusCode);
          done();
        });
      }
      imageRoutes(scope, services.images);
    });
  }
  app.register(async (scope) => healthRoutes(scope, readiness));
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
  const path = pathOf(request);
  const [, allow] =
    ALLOWED.find(([known]) => (typeof known === 'string' ? known === path : known.test(path))) ?? [];
  const answer = allow
    ? answerEmpty(405, newRequestId(), { Allow: allow })
    : answerEmpty(404, newRequestId());
  await writeAnswer(request, response, answer);
}

function pathOf({ url = '' }: IncomingMessage): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

function isHostMissing({ headers, httpVersion }: IncomingMessage): boolean {
  return headers.host === undefined && httpVersion === '1.1';
}
