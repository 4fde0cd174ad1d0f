/** A twemproxy of the tests' own: Debian's, in front of a Redis on loopback. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { installPackages } from './packages.mjs';
import { accepts, createFolder, freePort, removeFolder, startProcess, untilReady } from './processes.mjs';
import { findProgram, program } from './programs.mjs';

/**
 * @param {number} to the port of Redis
 * @returns {Promise<{ port: number, stop: () => Promise<void> }>}
 */
export async function startTwemproxy(to) {
  installPackages(() => (findProgram('nutcracker') ? [] : ['nutcracker']));
  const folder = createFolder('twemproxy');
  const [port, statistics] = [await freePort(), await freePort()];
  const file = path.join(folder, 'nutcracker.yml');
  writeFileSync(
    file,
    `coupons:
  listen: 127.0.0.1:${port}
  hash: fnv1a_64
  distribution: ketama
  redis: true
  servers:
    - 127.0.0.1:${to}:1
`,
  );
  const log = path.join(folder, 'log');
  const args = ['-c', file, '-a', '127.0.0.1', '-s', String(statistics)];
  const proxy = startProcess('twemproxy', program('nutcracker'), args, { log, cwd: folder });
  await untilReady('twemproxy', log, [proxy], () => accepts(port));
  return {
    port,
    async stop() {
      await proxy.end();
      removeFolder(folder);
    },
  };
}
