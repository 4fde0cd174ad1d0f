/**
 * The one policy that the page's Content-Security-Policy lets through: scripts of the page's own folder, which a worker is started from.
 * Nothing makes markup or code of a text, so that whoever finds a way to put one where a browser would run it gets a TypeError.
 */
export function guardSinks(): void {
  window.trustedTypes?.createPolicy('default', {
    createScriptURL(address) {
      const own = new URL('assets/', new URL('.', document.baseURI)).href;
      const asked = new URL(address, document.baseURI).href;
      return asked.startsWith(own) && asked.endsWith('.js') ? asked : undefined;
    },
  });
}

/** As far as it is used: the types of the DOM do not have it yet. */
declare global {
  interface Window {
    readonly trustedTypes?: {
      createPolicy(name: string, rules: { createScriptURL(address: string): string | undefined }): unknown;
    };
  }
}
