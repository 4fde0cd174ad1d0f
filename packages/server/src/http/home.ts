import type { IncomingMessage } from 'node:http';
import { responseLanguage } from '@coupon-media/apiv3';
import type { ServiceLog } from '../observe/log.js';
import type { Random } from '../signed/random.js';
import { plainRoute } from './plain.js';
import type { Route } from './table.js';

/**
 * `/` for readers of HTML, who typed the address of the service into a browser: one page that names the documents and the sandbox. All
 * others get what any unknown path gets, an empty 404 (contract 5.7).
 */
export function homeRoute(parts: { readonly log: ServiceLog; readonly random: Random }): Route {
  const { path, handle } = plainRoute(
    {
      path: '/',
      async respond({ headers, method }, requestId) {
        const { homePage, PAGE_POLICY } = await import('@coupon-media/openapi');
        const language = responseLanguage(headers['accept-language']);
        const body = homePage(language);
        return {
          status: 200,
          headers: {
            'content-type': 'text/html; charset=utf-8',
            'content-language': language,
            'content-security-policy': PAGE_POLICY,
            'referrer-policy': 'no-referrer',
            'cache-control': 'no-cache',
            'x-content-type-options': 'nosniff',
            vary: 'accept, accept-language',
            'request-id': requestId,
            'content-length': String(Buffer.byteLength(body)),
          },
          body: method === 'HEAD' ? '' : body,
        };
      },
    },
    parts,
  );
  return { path, takes: isRead, handle };
}

function isRead({ headers, method }: IncomingMessage): boolean {
  const isRead = method === 'GET' || method === 'HEAD';
  return isRead && /(?:^|[,\s])text\/html\b/i.test(headers.accept ?? '');
}
