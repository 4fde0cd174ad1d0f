/** The embedded store, but for the images: those are dropped. */
const embedded = await import(
  new URL('../../packages/server/dist/stores/embedded/index.js', import.meta.url).href
);

let opened = false;

/** Whether a service took this store for its own: a module that moved would pass the hook by. */
export function isOpened() {
  return opened;
}

/** @param {{ folder: string }} options */
export async function openEmbeddedStore(options) {
  opened = true;
  const store = await embedded.openEmbeddedStore(options);
  return { ...store, images: { ...store.images, draft } };
}

function draft() {
  return { write() {}, commit: async () => {}, discard: async () => {} };
}
