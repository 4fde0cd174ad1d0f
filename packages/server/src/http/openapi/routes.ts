import { createHash } from 'node:crypto';
import type { PlainRoute } from '../plain.js';
import { openApiDocument } from './document.js';
import { referencePage } from './page.js';
import { STYLE } from './style.js';

/** `/openapi.json`, and `/docs`, a page made of it that loads nothing and runs nothing. */
export function openApiRoutes(): PlainRoute[] {
  const document = openApiDocument();
  return [
    constant('/openapi.json', 'application/json', JSON.stringify(document)),
    constant('/docs', 'text/html', referencePage(document), PAGE_HEADERS),
  ];
}

function constant(path: string, type: string, body: string, more: Record<string, string> = {}): PlainRoute {
  const headers = { 'content-type': `${type}; charset=utf-8`, ...HEADERS, ...more };
  const length = String(Buffer.byteLength(body));
  return {
    path,
    respond: (_, requestId) => ({
      status: 200,
      headers: { ...headers, 'request-id': requestId, 'content-length': length },
      body,
    }),
  };
}

const HEADERS = { 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' };

/** Its one style sheet, known by its digest, is all that the page may have. */
const PAGE_HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
};
