import type { Route } from '@coupon-media/server';
import type { DoorServices } from './environment.js';

/** The route of the door. Its framework and its schemas are loaded with the first request for it. */
export function doorRoute(services: DoorServices): Route {
  let listener: ReturnType<typeof load> | undefined;

  async function load() {
    const [{ getRequestListener }, { createApp }] = await Promise.all([
      import('@hono/node-server'),
      import('./app.js'),
    ]);
    return getRequestListener(createApp(services).fetch, {
      overrideGlobalObjects: false,
      // It would close the connection of a long body that was refused, before the refusal has arrived.
      autoCleanupIncoming: false,
    });
  }

  return {
    path: /^\/v1(?:\/|$)/,
    async handle(request, response) {
      listener ??= load();
      await (await listener)(request, response);
    },
  };
}
