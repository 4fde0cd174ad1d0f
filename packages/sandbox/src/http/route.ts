import type { Route } from '@coupon-media/server';
import { once } from '../run/once.js';
import type { AppOptions } from './app.js';

/** The route of the sandbox's own API. Its framework is loaded with the first request for it: most tests make none. */
export function apiRoute(options: AppOptions): Route {
  const load = once(async () => {
    const [{ getRequestListener }, { createApp }] = await Promise.all([
      import('@hono/node-server'),
      import('./app.js'),
    ]);
    // The framework's own Request and Response stay its own: those of the test that runs here are not replaced.
    return getRequestListener(createApp(options).fetch, {
      overrideGlobalObjects: false,
      // It would close the connection of a long body that was refused, before the refusal has arrived. Node lets the body run out.
      autoCleanupIncoming: false,
    });
  });
  return {
    path: /^\/sandbox(?:\/|$)/,
    async handle(request, response) {
      const listener = await load();
      await listener(request, response);
    },
  };
}
