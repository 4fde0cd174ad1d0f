import type { OpenAPIHono } from '@hono/zod-openapi';
import { Problem } from '../problems/problem.js';
import type { DoorEnv, DoorServices } from './environment.js';
import { imageRoute, laterRoute, listRoute } from './routes.js';
import { imageView, laterView } from './views.js';

/** What the account has: a list, one image, one upload that was answered with 202. */
export function addReads(app: OpenAPIHono<DoorEnv>, services: DoorServices): void {
  const { later, preparer, records } = services;

  app.openapi(listRoute, async (context) => {
    const { pixels: size, ...query } = context.req.valid('query');
    const { account } = context.get('token');
    const { images, next } = await records.list({ ...query, size, account }).catch((error: unknown) => {
      if (error instanceof RangeError) throw new Problem('parameter-invalid', CURSOR, { cause: error });
      throw error;
    });
    const views = await Promise.all(
      images.map((image) => imageView(image, preparer, context.get('language'))),
    );
    return context.json({ images: views, ...(next !== undefined && { next }) }, 200);
  });

  app.openapi(imageRoute, async (context) => {
    const { sha256 } = context.req.valid('param');
    const { endpoint: asked } = context.req.valid('query');
    const { account } = context.get('token');
    const record = await records.find(account, asked, sha256);
    if (record) return context.json(await imageView(record, preparer, context.get('language')), 200);
    throw new Problem('not-found', UNKNOWN_IMAGE);
  });

  app.openapi(laterRoute, async (context) => {
    const found = await later.find(context.get('token').account, context.req.valid('param').id);
    if (!found) throw new Problem('not-found', UNKNOWN_UPLOAD);
    const headers = found.state === 'waiting' ? { 'Retry-After': '1' } : {};
    return context.json(await laterView(found, preparer, context.get('language')), 200, headers);
  });
}

const UNKNOWN_IMAGE = {
  'zh-CN': '该账户没有这张图片。',
  en: 'The account has no such image.',
};
const UNKNOWN_UPLOAD = {
  'zh-CN': '该账户没有这次上传，或记录已过保留期。',
  en: 'The account has no such upload, or it was settled too long ago.',
};
const CURSOR = {
  'zh-CN': 'cursor 须为相同查询上一页的 next。',
  en: 'cursor must be the next of the page before, of the same query.',
};
