import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { openApiDocument } from './document.js';
import { referencePage } from './page.js';
import { STYLE } from './style.js';

/** `/openapi.json`, and `/docs`, a page made of it that loads nothing and runs nothing. */
export function openApiRoutes(app: FastifyInstance): void {
  const document = openApiDocument();
  const json = JSON.stringify(document);
  const page = referencePage(document);
  app.get('/openapi.json', (_, reply) =>
    reply.headers({ 'Content-Type': 'application/json; charset=utf-8', ...HEADERS }).send(json),
  );
  app.get('/docs', (_, reply) =>
    reply.headers({ 'Content-Type': 'text/html; charset=utf-8', ...HEADERS, ...PAGE_HEADERS }).send(page),
  );
}

const HEADERS = { 'Cache-Control': 'no-cache', 'X-Content-Type-Options': 'nosniff' };

/** Its one style sheet, known by its digest, is all that the page may have. */
const PAGE_HEADERS = {
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'Referrer-Policy': 'no-referrer',
};
