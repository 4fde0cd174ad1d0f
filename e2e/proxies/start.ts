import { spawnSync } from 'node:child_process';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { accepts, freePort, startProcess, untilReady } from '../../tools/engines/processes.mjs';
import { program } from '../../tools/engines/programs.mjs';
import { type Change, changed, makeCertificate, type Place } from '../support/proxy-process.js';
import { temporaryFolder } from '../support/sandbox.js';
import type { ReverseProxy } from './reverse.js';

/** A proxy that runs. It ends with the test. */
export interface Front {
  /** Its port for TLS. */
  readonly port: number;
  /** The certificate of its port, as a file. */
  readonly certificate: string;
}

/**
 * Starts a proxy before one node, with the files that we ship, or with every default of the proxy.
 *
 * @param changes of the first file, beyond what is the machine's own
 */
export async function startFront(
  proxy: ReverseProxy,
  node: number,
  { defaults = false, changes = [] }: { defaults?: boolean; changes?: readonly Change[] } = {},
): Promise<Front> {
  const folder = await temporaryFolder();
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const place = { folder, node, port: await freePort(), securePort: await freePort() };
  await makeCertificate(folder);
  // Some proxies give up their rights before they open their files.
  await chmod(folder, 0o777);
  await chmod(path.join(folder, 'tls.pem'), 0o644);
  for (const name of ['empty', 'cache', 'run', 'logs', 'etc']) {
    await mkdir(path.join(folder, name));
    await chmod(path.join(folder, name), 0o777);
  }
  await writeFile(path.join(folder, 'runroot.yaml'), runRoot(folder));
  await writeFile(path.join(folder, 'etc', 'storage.config'), `${folder}/cache 16M\n`);
  const files = defaults ? proxy.defaults(place) : await shipped(proxy, place, changes);
  for (const [name, text] of Object.entries(files)) {
    await writeFile(path.join(folder, name), text);
    await writeFile(path.join(folder, 'etc', name), text);
  }
  const [first = ''] = Object.keys(files);
  const log = path.join(folder, 'started.log');
  const commands = defaults ? (proxy.plainCommands ?? proxy.commands) : proxy.commands;
  const running = commands(path.join(folder, first), place).map(({ args, environment }, at) => {
    const options = { log, cwd: folder, endBy: 'SIGTERM' as const, environment: { ...environment } };
    return startProcess(proxy.name, program(proxy.programs[at] ?? ''), [...args], options);
  });
  onTestFinished(async () => {
    await Promise.all(running.map((process) => process.end()));
  });
  // Of two programs, the first one listens inside.
  const ports = proxy.programs.length > 1 ? [place.port, place.securePort] : [place.securePort];
  await untilReady(proxy.name, log, running, async () =>
    (await Promise.all(ports.map(accepts))).every(Boolean),
  );
  return { port: place.securePort, certificate: path.join(folder, 'tls.pem') };
}

/** @returns the number of a version, as the program prints it */
export function versionOf({ version: [name, argument] }: ReverseProxy): string {
  const { stdout, stderr } = spawnSync(program(name), [argument], { encoding: 'utf8' });
  return /\d+\.\d+(\.\d+)?/.exec(stdout + stderr)?.[0] ?? '?';
}

async function shipped(
  { files }: ReverseProxy,
  place: Place,
  changes: readonly Change[],
): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const [at, { file, changes: own }] of files.entries())
    texts[path.basename(file)] = await changed(file, [...own(place), ...(at === 0 ? changes : [])]);
  return texts;
}

/** Where Traffic Server has its folders, which are fixed when it is built. */
function runRoot(folder: string): string {
  return Object.entries({
    prefix: folder,
    exec_prefix: '/usr',
    bindir: '/usr/bin',
    sbindir: '/usr/bin',
    sysconfdir: `${folder}/etc`,
    datadir: `${folder}/cache`,
    includedir: '/usr/include',
    libdir: '/usr/lib/trafficserver',
    libexecdir: '/usr/lib/trafficserver/modules',
    localstatedir: folder,
    runtimedir: `${folder}/run`,
    logdir: `${folder}/logs`,
    mandir: '/usr/share/man',
    infodir: '/usr/share/info',
    cachedir: `${folder}/cache`,
  })
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
}
