import { buffer } from 'node:stream/consumers';
import { inspectImage } from '@coupon-media/apiv3';
import type { ImageStore } from '@coupon-media/server/engine';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { Problem } from '../problems/problem.js';
import type { DoorEnv, DoorServices } from './environment.js';
import { imageRoute, laterRoute, listRoute } from './routes.js';
import { imageView, laterView } from './views.js';

/** What the account has: a list, one image, one upload that was answered with 202. */
export function addReads(
  app: OpenAPIHono<DoorEnv>,
  services: DoorServices,
  images: Pick<ImageStore, 'read'>,
): void {
  const { accounts, later, preparer, publisher, records } = services;

  app.openapi(listRoute, async (context) => {
    const { filename, since, until, cursor, limit } = context.req.valid('query');
    const { account } = context.get('token');
    const below = cursor === undefined ? undefined : Number(cursor);
    const found = await records.list({ account, filename, since, until, below, limit: limit + 1 });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const views = await Promise.all(page.map((image) => imageView(image, preparer, context.get('language'))));
    return context.json(
      { images: views, ...(last && found.length > limit && { next: String(last.seq) }) },
      200,
    );
  });

  app.openapi(imageRoute, async (context) => {
    const { sha256 } = context.req.valid('param');
    const asked = context.req.valid('query').endpoint;
    const { account } = context.get('token');
    const language = context.get('language');
    for (const endpoint of asked ? [asked] : (accounts.endpoints(account) ?? [])) {
      // What gives URLs decides what is known: an image may have come by another door, or have been forgotten.
      const known = await publisher.known(account, endpoint, sha256);
      if (!known) continue;
      const { value, upstreamRequestId } = known;
      const record = await records.find(account, endpoint, sha256);
      if (record)
        return context.json(
          await imageView({ ...record, value, upstreamRequestId }, preparer, language),
          200,
        );
      const picture = await pictureOf(images, sha256);
      if (!picture) continue;
      const of = {
        account,
        endpoint,
        sha256,
        slot: undefined,
        changes: [],
        caller: '',
        value,
        upstreamRequestId,
      };
      const view = await imageView({ ...of, ...picture, filename: '', seq: 0, at: 0 }, preparer, language);
      return context.json({ ...view, filename: null, uploaded_at: null }, 200);
    }
    throw new Problem('not-found', UNKNOWN_IMAGE);
  });

  app.openapi(laterRoute, async (context) => {
    const found = await later.find(context.get('token').account, context.req.valid('param').id);
    if (!found) throw new Problem('not-found', UNKNOWN_UPLOAD);
    const headers = found.state === 'waiting' ? { 'Retry-After': '1' } : {};
    return context.json(await laterView(found, preparer, context.get('language')), 200, headers);
  });
}

/** Reads what an image is from its stored bytes. */
async function pictureOf(images: Pick<ImageStore, 'read'>, sha256: string) {
  const stored = await images.read(sha256);
  if (!stored) return undefined;
  const content = stored.content();
  const info = inspectImage(Buffer.isBuffer(content) ? content : await buffer(content));
  return typeof info === 'string' ? undefined : { ...info, bytes: stored.size };
}

const UNKNOWN_IMAGE = {
  'zh-CN': '该账户没有这张图片。',
  en: 'The account has no such image.',
};
const UNKNOWN_UPLOAD = {
  'zh-CN': '该账户没有这次上传，或记录已过保留期。',
  en: 'The account has no such upload, or it was settled too long ago.',
};
