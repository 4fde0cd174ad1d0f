/** A module hook that replaces the embedded store of the service by null-store.mjs. The service itself is unchanged. */

const STORE = '/packages/server/dist/stores/embedded/index.js';
const OPENS = '/packages/server/dist/engines/embedded.js';

/** @type {import('node:module').ResolveHook} */
export async function resolve(specifier, context, nextResolve) {
  const resolved = await nextResolve(specifier, context);
  if (!resolved.url.endsWith(STORE) || !context.parentURL?.endsWith(OPENS)) return resolved;
  return { url: new URL('./null-store.mjs', import.meta.url).href, shortCircuit: true };
}
