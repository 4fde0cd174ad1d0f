import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { accepts } from '../../tools/engines/processes.mjs';

/** What stands in a file, and what is put in its place. */
export type Change = readonly [from: string | RegExp, to: string];

/** A proxy by the file that we ship for it. */
export interface ProxyFile {
  readonly name: 'HAProxy' | 'nginx';
  /** Where the file is in a checkout. */
  readonly file: string;
  /** What of the file is the machine's own. */
  changes(place: Place): Change[];
  /** How its program is started. */
  command(file: string, place: Place): Command;
}

/** What a program is started with. */
export interface Command {
  readonly args: readonly string[];
  /** Further variables of its environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What a file is started with: ports, and a folder of its own. */
export interface Place {
  readonly folder: string;
  readonly port: number;
  readonly securePort: number;
  readonly node: number;
}

/** A proxy that runs. */
export interface ProxyProcess {
  readonly port: number;
  /** The same by TLS, with a certificate of its own making. */
  readonly securePort: number;
  /** Its log of requests so far. */
  log(): Promise<string>;
  stop(): Promise<void>;
}

export const HAPROXY: ProxyFile = {
  name: 'HAProxy',
  file: 'deploy/proxies/haproxy/haproxy.cfg',
  // Takes the line that the file offers for TLS into use: nothing else of it is changed.
  changes: ({ folder, securePort }) => [
    [/^ *# +bind :8443 /m, `    bind 127.0.0.1:${securePort} `],
    ['/etc/haproxy/tls.pem', `${folder}/tls.pem`],
  ],
  command(file, { port, node }) {
    const address = `127.0.0.1:${node}`;
    const environment = { LISTEN: `127.0.0.1:${port}`, NODE_1: address, NODE_2: address };
    return { args: ['-db', '-f', file], environment };
  },
};

export const NGINX: ProxyFile = {
  name: 'nginx',
  file: 'deploy/proxies/nginx/nginx.conf',
  // It has no variables of the environment: addresses and folders are written into it.
  changes: ({ folder, port, securePort, node }) => [
    ['listen 443 ssl;', `listen 127.0.0.1:${port}; listen 127.0.0.1:${securePort} ssl;`],
    ['/etc/nginx/tls.pem', `${folder}/tls.pem`],
    ['/etc/nginx/tls.key', `${folder}/tls.pem`],
    ['server 127.0.0.1:8787 ', `server 127.0.0.1:${node} `],
    ['/var/log/nginx/access.log', `${folder}/log`],
    ['/var/log/nginx/error.log', 'stderr'],
    [
      /^http \{$/m,
      [
        'http {',
        ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
          (of) => `${of}_temp_path ${folder}/${of};`,
        ),
      ].join('\n'),
    ],
  ],
  command(file, { folder }) {
    const globals = `daemon off; master_process off; pid ${folder}/nginx.pid;`;
    return { args: ['-e', 'stderr', '-p', folder, '-c', file, '-g', globals] };
  },
};

/**
 * Starts a proxy before one node, and waits until both of its ports answer.
 *
 * @param root the checkout whose file it is; where that has none, this one's is taken
 * @throws Error where a change finds nothing to change, or the proxy ends
 */
export async function startProxy(
  { file: shipped, changes: own, command }: ProxyFile,
  program: string,
  place: Place,
  changes: readonly Change[] = [],
  root = '.',
): Promise<ProxyProcess> {
  const { folder, port, securePort } = place;
  await makeCertificate(folder);
  const source = path.join(root, shipped);
  const original = existsSync(source) ? source : shipped;
  const file = path.join(folder, path.basename(shipped));
  await writeFile(file, await changed(original, [...own(place), ...changes]));
  const child = startProgram(program, command(file, place), folder);
  const log = () => readFile(path.join(folder, 'log'), 'utf8');
  async function stop(): Promise<void> {
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL'))
      await once(child, 'exit');
  }
  const deadline = Date.now() + 20_000;
  while (!((await accepts(port)) && (await accepts(securePort)))) {
    if (child.exitCode !== null) throw new Error(`${shipped}: ${await log()}`);
    if (Date.now() > deadline) {
      await stop();
      throw new Error(`${shipped}: nobody listens; ${await log()}`);
    }
    await sleep(20);
  }
  return { port, securePort, log, stop };
}

function startProgram(program: string, { args, environment }: Command, folder: string): ChildProcess {
  const log = openSync(path.join(folder, 'log'), 'a');
  const env = { ...process.env, ...environment };
  const child = spawn(program, args, { env, stdio: ['ignore', log, log] });
  closeSync(log);
  return child;
}

/** @throws Error where a change finds nothing to change */
export async function changed(file: string, changes: readonly Change[]): Promise<string> {
  let text = await readFile(file, 'utf8');
  for (const [from, to] of changes) {
    const next = text.replace(from, to);
    if (next === text) throw new Error(`${file} has no ${from}`);
    text = next;
  }
  return text;
}

/** HAProxy wants certificate and key in one file, and nginx takes them from there, too. */
export async function makeCertificate(folder: string): Promise<void> {
  const file = path.join(folder, 'tls.pem');
  const made = ['-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-keyout', file, '-out', file];
  await promisify(execFile)('openssl', ['req', '-x509', ...made]);
}
