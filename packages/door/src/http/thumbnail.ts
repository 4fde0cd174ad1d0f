import type { OpenAPIHono } from '@hono/zod-openapi';
import { Problem } from '../problems/problem.js';
import type { DoorEnv, DoorServices } from './environment.js';
import { thumbnailRoute } from './routes.js';

/** `GET /v1/images/{sha256}/thumbnail`: a small picture of an image of the account. */
export function addThumbnail(app: OpenAPIHono<DoorEnv>, { records, thumbnails }: DoorServices): void {
  app.openapi(thumbnailRoute, async (context) => {
    const { sha256 } = context.req.valid('param');
    const { account } = context.get('token');
    if (!(await records.find(account, undefined, sha256))) throw new Problem('not-found', UNKNOWN_IMAGE);
    // The bytes of a digest never change.
    const tag = `"${sha256.slice(0, 32)}-1"`;
    const headers = { ...HEADERS, ETag: tag };
    if (context.req.header('if-none-match') === tag) return context.body(null, 304, headers);
    const gone = new AbortController();
    const leave = () => gone.abort();
    context.env.outgoing.once('close', leave);
    try {
      return context.body(new Uint8Array(await thumbnails.of(sha256, gone.signal)), 200, headers);
    } finally {
      context.env.outgoing.off('close', leave);
    }
  });
}

/** Whatever the bytes are, nothing of them runs, and no other page shows them. */
const HEADERS = {
  'Content-Type': 'image/webp',
  'Cache-Control': 'private, max-age=3600',
  Vary: 'Authorization, Cookie',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; sandbox",
  'Cross-Origin-Resource-Policy': 'same-origin',
};

const UNKNOWN_IMAGE = {
  'zh-CN': '该账户没有这张图片。',
  en: 'The account has no such image.',
};
