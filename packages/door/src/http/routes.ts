import { createRoute, z } from '@hono/zod-openapi';
import { PROBLEM_TYPE } from '../problems/problem.js';
import {
  AuditParameters,
  Digest,
  Endpoint,
  Image,
  Later,
  ListParameters,
  Page,
  Prepared,
  PrepareParameters,
  ProblemSchema,
  SessionHeaders,
  SessionView,
  Status,
  Uploaded,
  UploadHeaders,
  UploadParameters,
} from './schemas.js';

/** The table of the door's routes: what `/v1/openapi.json` describes. */

const security = [{ token: [] }, { session: [] }];

const json = <T extends z.ZodType>(description: string, schema: T) => ({
  description,
  content: { 'application/json': { schema } },
});

const problem = {
  description: 'What is wrong (RFC 9457), in the language of `Accept-Language`. Programs decide by `code`.',
  content: { [PROBLEM_TYPE]: { schema: ProblemSchema } },
};

const binary = z.any().openapi({ type: 'string', format: 'binary' });

/** The body of an upload or a preview. Its reader is bounded and takes the digest on the way, so that no schema reads it. */
export const IMAGE_BODY = {
  description: 'The bytes of one image, or a form with one file and the parameters as fields.',
  required: true,
  content: Object.fromEntries(
    ['image/png', 'image/jpeg', 'multipart/form-data'].map((type) => [
      type,
      { schema: { type: 'string', format: 'binary' } },
    ]),
  ),
};

export const uploadRoute = createRoute({
  method: 'post',
  path: '/v1/images',
  summary: 'Uploads an image, or answers with the URL that the account has for it already',
  security,
  request: { query: UploadParameters, headers: UploadHeaders },
  responses: {
    200: json('The permanent URL.', Uploaded),
    202: json(
      'With `Prefer: respond-async`: it is kept, and carried out whatever happens. `Location` says where to ask.',
      Later,
    ),
    default: problem,
  },
});

export const listRoute = createRoute({
  method: 'get',
  path: '/v1/images',
  summary: 'Lists the images of the account, by whichever door they came: newest first, or by name or digest',
  security,
  request: { query: ListParameters },
  responses: { 200: json('A page.', Page), default: problem },
});

export const imageRoute = createRoute({
  method: 'get',
  path: '/v1/images/{sha256}',
  summary: 'Answers whether the account has an image, without its bytes',
  security,
  request: { params: z.object({ sha256: Digest }), query: z.strictObject({ endpoint: Endpoint.optional() }) },
  responses: { 200: json('The image.', Image), default: problem },
});

export const thumbnailRoute = createRoute({
  method: 'get',
  path: '/v1/images/{sha256}/thumbnail',
  summary: 'Answers with a small picture of an image: at most 256 pixels and 20 KiB, drawn at the first look',
  security,
  request: { params: z.object({ sha256: Digest }) },
  responses: {
    200: { description: 'The picture.', content: { 'image/webp': { schema: binary } } },
    304: { description: 'It is the one of `If-None-Match`.' },
    default: problem,
  },
});

export const laterRoute = createRoute({
  method: 'get',
  path: '/v1/uploads/{id}',
  summary: 'Answers how far an upload is that was answered with 202',
  security,
  request: { params: z.object({ id: z.string().max(64) }) },
  responses: { 200: json('Its state.', Later), default: problem },
});

export const eventsRoute = createRoute({
  method: 'get',
  path: '/v1/events',
  summary: 'Follows the images of the account, or one upload until it is settled, by server-sent events',
  security,
  request: { query: z.strictObject({ upload: z.string().max(64).optional() }) },
  responses: {
    200: {
      description: 'Events `image` (an Image) or `upload` (an Upload).',
      content: { 'text/event-stream': { schema: z.string() } },
    },
    default: problem,
  },
});

/** Its lines are JSON, and the whole is not: with a narrower type the library would take it for JSON. */
export const NDJSON: string = 'application/x-ndjson';

export const auditRoute = createRoute({
  method: 'get',
  path: '/v1/audit',
  summary: 'Answers who did what for the account, oldest first; for tokens of scope admin',
  security,
  request: { query: AuditParameters },
  responses: {
    200: {
      description: 'One entry a line.',
      content: { [NDJSON]: { schema: z.string() } },
    },
    default: problem,
  },
});

export const statusRoute = createRoute({
  method: 'get',
  path: '/v1/status',
  summary: 'Answers what became of the uploads of the last quarter of an hour, by all doors of this node',
  security,
  responses: { 200: json('In steps of some seconds, the oldest first.', Status), default: problem },
});

export const prepareRoute = createRoute({
  method: 'post',
  path: '/v1/prepare',
  summary: 'Makes an image fit and answers with it; nothing is kept or uploaded',
  security,
  request: { query: PrepareParameters },
  responses: {
    200: {
      description: 'JSON with the bytes as base64, or with `Accept: image/*` the bytes alone.',
      content: {
        'application/json': { schema: Prepared },
        'image/png': { schema: binary },
        'image/jpeg': { schema: binary },
      },
    },
    default: problem,
  },
});

export const openSessionRoute = createRoute({
  method: 'post',
  path: '/v1/session',
  summary: 'Exchanges a token for the cookie of a session, so that a browser need not keep the token',
  security: [{ token: [] }],
  request: { headers: SessionHeaders },
  responses: { 200: json('The session; `Set-Cookie` has its secret.', SessionView), default: problem },
});

export const sessionRoute = createRoute({
  method: 'get',
  path: '/v1/session',
  summary: 'Answers as whom requests are taken, and until when',
  security,
  responses: {
    200: json('Who asks.', SessionView),
    204: { description: 'Nobody is signed in.' },
    default: problem,
  },
});

export const closeSessionRoute = createRoute({
  method: 'delete',
  path: '/v1/session',
  summary: 'Ends the session whose cookie comes with the request',
  security,
  request: { headers: SessionHeaders },
  responses: { 204: { description: 'It is over, and the browser forgets the cookie.' }, default: problem },
});
