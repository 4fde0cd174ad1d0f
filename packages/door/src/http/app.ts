import { type Language, VERSION } from '@coupon-media/apiv3';
import { OpenAPIHono } from '@hono/zod-openapi';
import { PROBLEM_TYPE, Problem, problemBody } from '../problems/problem.js';
import { PROBLEMS } from '../problems/table.js';
import { problemOf } from '../problems/translate.js';
import { addAudit } from './audit.js';
import type { DoorEnv, DoorServices } from './environment.js';
import { addEvents } from './events.js';
import { identify, need } from './identify.js';
import { addPrepare } from './prepare.js';
import { addReads } from './reads.js';
import { IMAGE_BODY } from './routes.js';
import { addSession } from './session.js';
import { addStatus } from './status.js';
import { addThumbnail } from './thumbnail.js';
import { addUpload } from './upload.js';
import { invalidParameters } from './validation.js';

/** The door: everything under `/v1`. */
export function createApp(services: DoorServices): OpenAPIHono<DoorEnv> {
  const app = new OpenAPIHono<DoorEnv>({
    defaultHook(result) {
      if (!result.success) throw invalidParameters(result.error);
    },
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: 'coupon-media-session',
    description:
      'For the console. The name has a prefix by TLS and else the port. Writes need `Coupon-Media-Console: 1`.',
  });
  app.use(identify(services));
  app.on('POST', ['/v1/images', '/v1/prepare'], need('upload'));
  app.on('GET', ['/v1/images', '/v1/images/:sha256', '/v1/images/:sha256/thumbnail'], need('read'));
  // Whoever sent an upload may ask what has become of it.
  app.on('GET', ['/v1/uploads/:id', '/v1/events'], need('upload', 'read'));
  app.on('GET', ['/v1/status'], need('upload', 'read'));
  app.on('GET', ['/v1/audit'], need('admin'));
  addUpload(app, services);
  addReads(app, services);
  addThumbnail(app, services);
  addPrepare(app, services);
  addEvents(app, services);
  addAudit(app, services);
  addSession(app, services);
  addStatus(app, services);
  app.get('/v1/callback-key', (context) => context.json(services.signer.jwk, 200));
  app.get('/v1/openapi.json', (context) => context.json(describe(app), 200));
  app.notFound(() => {
    throw new Problem('not-found', NO_PATH);
  });
  app.onError((error, context) => {
    const problem = problemOf(error);
    const language: Language = context.get('language') ?? 'zh-CN';
    const { status } = PROBLEMS[problem.code];
    // Uploads have told it already.
    if (status === 500 && error !== problem) services.log.error({ err: error }, 'the door');
    return context.body(JSON.stringify(problemBody(problem, language)), status, {
      ...problem.headers,
      'Content-Type': PROBLEM_TYPE,
      'Content-Language': language,
    });
  });
  return app;
}

function describe(app: OpenAPIHono<DoorEnv>): object {
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'coupon-media: images in, URLs out', version: VERSION },
  });
  for (const path of ['/v1/images', '/v1/prepare']) {
    Object.assign(document.paths?.[path]?.post ?? {}, { requestBody: IMAGE_BODY });
  }
  return document;
}

const NO_PATH = {
  'zh-CN': '没有这个路径；所有路径见 /v1/openapi.json。',
  en: 'There is nothing at this path; /v1/openapi.json has all of them.',
};
