import type { IncomingMessage } from 'node:http';
import { knownHosts } from '@coupon-media/server';

/**
 * @param allowedHosts names beside those of the loopback under which the sandbox is known
 * @returns whether a request came under one of its names: a page of others could point a name of its own here
 */
export function atHome(allowedHosts: readonly string[]): (request: IncomingMessage) => boolean {
  const isKnown = knownHosts(allowedHosts);
  return ({ headers: { host = '' } }) => isKnown(host.replace(/:\d*$/, '').toLowerCase());
}
