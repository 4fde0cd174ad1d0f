import { mediaTypes } from '@coupon-media/apiv3';
import type { PrepareOptions } from '@coupon-media/prepare';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { imageBytes, readSource } from '../images/source.js';
import type { DoorEnv, DoorServices } from './environment.js';
import { prepareRoute } from './routes.js';
import { PrepareParameters } from './schemas.js';
import { invalidParameters } from './validation.js';
import { changeViews } from './views.js';

/** `POST /v1/prepare`: a preview, whose bytes are those that an upload with `prepare` would send. */
export function addPrepare(
  app: OpenAPIHono<DoorEnv>,
  { maxSourceBytes, preparer, room, stopping }: DoorServices,
): void {
  app.openapi(prepareRoute, async (context) => {
    const source = await readSource(context.env, { limit: maxSourceBytes, isAnyImage: true, room });
    try {
      const fields = PrepareParameters.safeParse(source.fields);
      if (!fields.success) throw invalidParameters(fields.error);
      const { filename: name = source.filename, ...given } = {
        ...context.req.valid('query'),
        ...fields.data,
      };
      const gone = new AbortController();
      context.env.outgoing.once('close', () => gone.abort());
      const options: PrepareOptions = {
        signal: AbortSignal.any([stopping, gone.signal]),
        ...(name !== undefined && { name }),
        ...(given.slot !== undefined && { slot: given.slot }),
        ...(given.fit !== undefined && { fit: given.fit }),
        ...(given.focus !== undefined && { focus: given.focus }),
        ...(given.crop !== undefined && { crop: given.crop }),
        ...(given.background !== undefined && { background: given.background }),
      };
      const prepared = await preparer.prepare(source.image, options);
      const { bytes, kind, width, height, filename, unchanged } = prepared;
      if (/^image\//.test(context.req.header('accept') ?? '')) {
        return context.body(new Uint8Array(bytes), 200, { 'Content-Type': mediaTypes[kind] });
      }
      const changes = prepared.changes.map(({ code, values }) => ({ code, values: { ...values } }));
      const facts = {
        ...{ kind, width, height, filename, unchanged },
        bytes: bytes.length,
        sha256: imageBytes(bytes).sha256,
        changes: await changeViews(changes, preparer, context.get('language')),
        source: { ...prepared.source },
        data: bytes.toString('base64'),
      };
      return context.json(facts, 200);
    } finally {
      source.release();
    }
  });
}
