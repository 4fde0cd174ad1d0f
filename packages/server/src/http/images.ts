import type { IncomingMessage } from 'node:http';
import { IMAGES_FOLDER, type ImageId, mediaTypes, readImagePath } from '@coupon-media/apiv3';
import type { ImageStore } from '../stores/index.js';
import { emptyPlain, type PlainResponse, type PlainRoute } from './plain.js';
import { pathOf, targetOf } from './table.js';

/**
 * Serves the images at their permanent URLs: `/images/{sha256}.{jpg|png|bmp}`, the same bytes at the same URL (contract
 * 6.4).
 */
export function imageRoute(images: Pick<ImageStore, 'read'>, onEnd?: PlainRoute['onEnd']): PlainRoute {
  const known = new Map<string, Known>();
  return {
    path: new RegExp(`^/${IMAGES_FOLDER}[^/]+$`),
    onEnd,
    respond(request, requestId) {
      const path = pathOf(targetOf(request));
      const found = known.get(path);
      if (found && matches(request.headers['if-none-match'], found.etag))
        return notModified(request, { ...found, 'request-id': requestId });
      return serve(images, known, path, request, requestId);
    },
  };
}

/** The headers that every response with an image has. */
type Known = ReturnType<typeof imageHeaders>;

/**
 * Images that were found before, so that who has one already is told without asking the store. No image is ever removed, nor another
 * one given at its path (contract 6.4). This many take about 2 MB.
 */
const MOST_KNOWN = 4096;

function remember(known: Map<string, Known>, path: string, headers: Known): void {
  if (known.has(path)) return;
  if (known.size >= MOST_KNOWN) known.delete(known.keys().next().value as string);
  known.set(path, headers);
}

async function serve(
  images: Pick<ImageStore, 'read'>,
  known: Map<string, Known>,
  path: string,
  request: IncomingMessage,
  requestId: string,
): Promise<PlainResponse> {
  const wanted = readImagePath(path.slice(1));
  const image = wanted && (await images.read(wanted.sha256, wanted.kind));
  if (!image || image.kind !== wanted.kind) return emptyPlain(404, requestId, UNKEPT);
  const headers = imageHeaders(wanted);
  const { etag } = headers;
  remember(known, path, headers);
  const { 'if-none-match': ifNoneMatch, 'if-range': ifRange, range: asked } = request.headers;
  if (matches(ifNoneMatch, etag)) return notModified(request, { ...headers, 'request-id': requestId });
  // Ranges are defined for GET alone (RFC 9110, 14.2). The response to a HEAD describes the whole image.
  const range = request.method === 'GET' ? wantedRange(asked, ifRange, etag, image.size) : undefined;
  if (range === 'unsatisfiable') {
    const { 'cache-control': _, ...uncached } = headers;
    return emptyPlain(416, requestId, { ...uncached, 'content-range': `bytes */${image.size}` });
  }
  const { start, end } = range ?? { start: 0, end: image.size - 1 };
  return {
    status: range ? 206 : 200,
    headers: {
      ...headers,
      ...(range && { 'content-range': `bytes ${start}-${end}/${image.size}` }),
      'content-length': String(end - start + 1),
      'request-id': requestId,
    },
    // The response to a HEAD does not open the file.
    body: request.method === 'HEAD' ? '' : image.content(range),
  };
}

function notModified({ method }: IncomingMessage, headers: Record<string, string>): PlainResponse {
  return {
    status: 304,
    headers: method === 'HEAD' ? { ...headers, 'content-length': '0' } : headers,
    body: '',
  };
}

/** A cache may store a 404 by its own rules (RFC 9111, 4.2.2), but the image may be uploaded a second later. */
const UNKEPT = { 'cache-control': 'no-store' };

/**
 * Headers that prevent an image from running as code: no sniffing of its type, and no use as a page or a script of a
 * frame.
 */
function imageHeaders({ sha256, kind }: ImageId) {
  return {
    'content-type': mediaTypes[kind],
    'cache-control': 'public, max-age=31536000, immutable',
    'accept-ranges': 'bytes',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'cross-origin',
    etag: `"${sha256}"`,
  };
}

function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === etag) return true;
  const tags = ifNoneMatch?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags?.some((tag) => tag === etag || tag === '*') ?? false;
}

type Range = { start: number; end: number };

/** Returns a single range. Several ranges, or a malformed one, result in the whole image (RFC 9110, 14.2). */
function wantedRange(
  range: string | undefined,
  ifRange: string | string[] | undefined,
  etag: string,
  size: number,
): Range | 'unsatisfiable' | undefined {
  if (range === undefined || (ifRange !== undefined && ifRange !== etag)) return undefined;
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/i.exec(range) ?? [];
  // The header contains no range of bytes, or several.
  if (first === '' && last === '') return undefined;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  const start = first === '' ? Math.max(size - Number(last), 0) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start <= end ? { start, end } : 'unsatisfiable';
}
