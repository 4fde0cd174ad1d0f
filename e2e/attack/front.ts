import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { HAPROXY, NGINX, startProxy } from '../support/proxy-process.js';
import { quietPort } from '../support/quiet-port.js';
import { temporaryFolder } from '../support/sandbox.js';

/** What stands before the service: nothing, or a proxy by the file that we ship. */
export const FRONTS = ['direct', HAPROXY.name, NGINX.name] as const;

export type FrontName = (typeof FRONTS)[number];

export interface Front {
  readonly port: number;
  /** What it logged. */
  log(): Promise<string>;
  stop(): Promise<void>;
}

/** Where Debian puts them, and a user's PATH does not lead. */
const FOLDERS = ['/usr/sbin/', '/usr/local/sbin/', ''];

/** @returns undefined where it can be started here, else why not */
export function missing(name: FrontName): string | undefined {
  return name === 'direct' || programOf(name) ? undefined : `${name} is not installed`;
}

/** @param root the checkout whose file it is started with */
export async function startFront(name: FrontName, node: number, root: string): Promise<Front> {
  if (name === 'direct') return { port: node, log: async () => '', stop: async () => {} };
  const folder = await temporaryFolder();
  const place = { folder, node, port: await quietPort(), securePort: await quietPort() };
  const proxy = await startProxy(
    name === 'nginx' ? NGINX : HAPROXY,
    programOf(name) ?? name,
    place,
    [],
    root,
  );
  return {
    port: proxy.port,
    log: proxy.log,
    async stop() {
      await proxy.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function programOf(name: FrontName): string | undefined {
  return FOLDERS.map((folder) => folder + name.toLowerCase()).find(
    (program) => spawnSync(program, ['-v']).status === 0,
  );
}
