import { type Language, responseLanguage } from '@coupon-media/apiv3';
import type { PlainResponse, PlainRoute } from './plain.js';

/**
 * `/openapi.json`, and the page made from it, `/docs`, in the language that the browser asks for (contract 5.8). They are made when
 * they are first asked for: most services are never asked, and a sandbox starts for every test.
 */
export function referenceRoutes(): PlainRoute[] {
  const document = kept(async () => {
    const { openApiDocument } = await loadOpenApi();
    return constant('application/json', JSON.stringify(openApiDocument()));
  });
  const pages = { 'zh-CN': kept(() => page('zh-CN')), en: kept(() => page('en')) };
  return [
    { path: '/openapi.json', respond: async (_, requestId) => (await document())(requestId) },
    {
      path: '/docs',
      respond: async ({ headers }, requestId) =>
        (await pages[responseLanguage(headers['accept-language'])]())(requestId),
    },
  ];
}

function loadOpenApi(): Promise<typeof import('@coupon-media/openapi')> {
  return import('@coupon-media/openapi');
}

async function page(language: Language): Promise<Constant> {
  const { openApiDocument, PAGE_POLICY, referencePage } = await loadOpenApi();
  return constant('text/html', referencePage(openApiDocument(language), language), {
    'content-language': language,
    'content-security-policy': PAGE_POLICY,
    'referrer-policy': 'no-referrer',
    vary: 'accept-language',
  });
}

/** A response that is the same but for its id. */
type Constant = (requestId: string) => PlainResponse;

function kept<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

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
