/** The service on a store that keeps nothing: what all but storing costs. */
import { register } from 'node:module';

/** @type {import('./host.mjs').StartServer} */
export async function start(settings) {
  register('./null-store-hook.mjs', import.meta.url);
  const { start: startOurs } = await import('./ours.mjs');
  return startOurs(settings);
}
