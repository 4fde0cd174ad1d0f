import { type Language, responseLanguage } from '@coupon-media/apiv3';
import { openApiDocument, PAGE_POLICY, referencePage } from '@coupon-media/openapi';
import type { PlainResponse, PlainRoute } from './plain.js';

/** `/openapi.json`, and the page made from it, `/docs`, in the language that the browser asks for (contract 5.8). */
export function referenceRoutes(): PlainRoute[] {
  const document = constant('application/json', JSON.stringify(openApiDocument()));
  const pages = { 'zh-CN': page('zh-CN'), en: page('en') };
  return [
    { path: '/openapi.json', respond: (_, requestId) => document(requestId) },
    {
      path: '/docs',
      respond: ({ headers }, requestId) => pages[responseLanguage(headers['accept-language'])](requestId),
    },
  ];
}

function page(language: Language): Constant {
  return constant('text/html', referencePage(openApiDocument(language), language), {
    'content-language': language,
    'content-security-policy': PAGE_POLICY,
    'referrer-policy': 'no-referrer',
    vary: 'accept-language',
  });
}

/** A response that is the same but for its id. */
type Constant = (requestId: string) => PlainResponse;

function constant(type: string, body: string, more: Record<string, string> = {}): Constant {
  const headers = { 'content-type': `${type}; charset=utf-8`, ...HEADERS, ...more };
  const length = String(Buffer.byteLength(body));
  return (requestId) => ({
    status: 200,
    headers: { ...headers, 'request-id': requestId, 'content-length': length },
    body,
  });
}

const HEADERS = { 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' };
