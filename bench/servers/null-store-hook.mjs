/** A module hook that gives the service null-store.mjs for its embedded store. Nothing of the service is changed. */

/** @type {import('node:module').ResolveHook} */
export async function resolve(specifier, context, nextResolve) {
  const byService = context.parentURL?.endsWith('/packages/server/dist/service.js') ?? false;
  if (!byService || specifier !== './stores/embedded/index.js') return nextResolve(specifier, context);
  return { url: new URL('./null-store.mjs', import.meta.url).href, shortCircuit: true };
}
