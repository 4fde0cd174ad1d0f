import { type ImageKind, mediaTypes } from '@coupon-media/apiv3';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ImageStore } from '../stores/index.js';

/** The images at their permanent URLs: `/images/{sha256}.{jpg|png|bmp}` (contract 6.4). */
export function imageRoutes(app: FastifyInstance, images: ImageStore): void {
  app.get<{ Params: { name: string } }>('/images/:name', async (request, reply) => {
    const [, sha256, kind] = /^([0-9a-f]{64})\.(jpg|png|bmp)$/.exec(request.params.name) ?? [];
    const image = sha256 === undefined ? undefined : await images.read(sha256, kind as ImageKind);
    if (sha256 === undefined || !image || image.kind !== kind) return reply.code(404).send();
    const etag = `"${sha256}"`;
    reply.headers({ ...imageHeaders(image.kind), ETag: etag });
    if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send();
    const range = wantedRange(request.headers.range, request.headers['if-range'], etag, image.size);
    if (range === 'unsatisfiable') return unsatisfiable(reply, image.size);
    if (!range) return reply.header('Content-Length', image.size).send(image.content());
    const { start, end } = range;
    return reply
      .code(206)
      .header('Content-Range', `bytes ${start}-${end}/${image.size}`)
      .header('Content-Length', end - start + 1)
      .send(image.content(range));
  });
}

/** What is served can never run: neither sniffed to be something else, nor as a page, nor as a frame's script. */
function imageHeaders(kind: ImageKind): Record<string, string> {
  return {
    'Content-Type': mediaTypes[kind],
    'Cache-Control': 'public, max-age=31536000, immutable',
    'Accept-Ranges': 'bytes',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'Cross-Origin-Resource-Policy': 'cross-origin',
  };
}

function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = ifNoneMatch?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags?.some((tag) => tag === etag || tag === '*') ?? false;
}

type Range = { start: number; end: number };

/** One range is served as such; several, or a malformed one, as the whole (RFC 9110, 14.2). */
function wantedRange(
  range: string | undefined,
  ifRange: string | string[] | undefined,
  etag: string,
  size: number,
): Range | 'unsatisfiable' | undefined {
  if (range === undefined || (ifRange !== undefined && ifRange !== etag)) return undefined;
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/i.exec(range) ?? [];
  // Neither: it is no range of bytes, or several.
  if (first === '' && last === '') return undefined;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  const start = first === '' ? Math.max(size - Number(last), 0) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start <= end ? { start, end } : 'unsatisfiable';
}

function unsatisfiable(reply: FastifyReply, size: number): FastifyReply {
  return reply.code(416).header('Content-Range', `bytes */${size}`).removeHeader('Cache-Control').send();
}
