import { openApiDocument, PAGE_POLICY, referencePage } from '@coupon-media/openapi';
import type { PlainRoute } from './plain.js';

/** `/openapi.json`, and the page made from it, `/docs`. */
export function referenceRoutes(): PlainRoute[] {
  const document = openApiDocument();
  return [
    constant('/openapi.json', 'application/json', JSON.stringify(document)),
    constant('/docs', 'text/html', referencePage(document), {
      'content-security-policy': PAGE_POLICY,
      'referrer-policy': 'no-referrer',
    }),
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
