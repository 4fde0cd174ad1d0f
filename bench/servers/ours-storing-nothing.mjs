/** The service with a store that keeps nothing: it shows the cost of everything except storing. */
import { register } from 'node:module';

/** @type {import('./host.mjs').StartServer} */
export async function start(settings) {
  register('./null-store-hook.mjs', import.meta.url);
  const { start: startOurs } = await import('./ours.mjs');
  const port = await startOurs(settings);
  const { isOpened } = await import('./null-store.mjs');
  if (!isOpened()) throw new Error('the service stores: null-store-hook.mjs has to know its modules');
  return port;
}
