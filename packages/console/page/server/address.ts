/**
 * The address of an endpoint of the server that this page came from. The page is at `…/console/`, whatever a proxy has put in front of
 * it, and the server's endpoints stand beside that folder.
 *
 * @param path without a slash in front: `v1/images`
 */
export function addressOf(path: string): URL {
  return new URL(`../${path}`, new URL('.', document.baseURI));
}
