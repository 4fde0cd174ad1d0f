import { rm } from 'node:fs/promises';
import { onTestFinished } from 'vitest';
import { type Needed, useEngines } from '../../tools/engines/index.mjs';
import { freePort } from '../../tools/engines/processes.mjs';
import { type Change, HAPROXY, NGINX, type ProxyProcess, startProxy } from './proxy-process.js';
import { temporaryFolder } from './sandbox.js';

/** A proxy by the file that we ship for it. */
export interface ShippedProxy {
  readonly name: 'HAProxy' | 'nginx';
  /** For `describe`: skips where the proxy is not installed. */
  readonly needed: Needed;
  /** Starts it before one node; it ends with the test. */
  start(node: number, changes?: readonly Change[]): Promise<ProxyProcess>;
}

const { balancer, needed: haproxyNeeded } = await useEngines('balancer');
const { nginx, needed: nginxNeeded } = await useEngines('nginx');

export const shippedProxies: readonly ShippedProxy[] = [
  { kind: HAPROXY, needed: haproxyNeeded, program: () => balancer.program },
  { kind: NGINX, needed: nginxNeeded, program: () => nginx.program },
].map(({ kind, needed, program }) => ({
  name: kind.name,
  needed,
  async start(node, changes) {
    const folder = await temporaryFolder();
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const place = { folder, node, port: await freePort(), securePort: await freePort() };
    const proxy = await startProxy(kind, program(), place, changes);
    onTestFinished(proxy.stop);
    return proxy;
  },
}));
