import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { type Needed, useEngines } from '../../tools/engines/index.mjs';
import { freePort } from '../../tools/engines/processes.mjs';
import { run } from './run.js';
import { temporaryFolder } from './sandbox.js';
import { rawConnection } from './service.js';

/** A proxy by the file that we ship for it. */
export interface ShippedProxy {
  readonly name: 'HAProxy' | 'nginx';
  /** For `describe`: skips where the proxy is not installed. */
  readonly needed: Needed;
  /** Starts it before one node; it ends with the test. */
  start(node: number, changes?: readonly Change[]): Promise<Front>;
}

/** What stands in a file, and what a test puts in its place. */
export type Change = readonly [from: string | RegExp, to: string];

export interface Front {
  port: number;
  /** The same by TLS, with a certificate of its own making. */
  securePort: number;
  /** Its log of requests so far. */
  log(): Promise<string>;
}

/** What a file is started with: ports, and a folder with the certificate and its key, `tls.pem`. */
interface Place {
  folder: string;
  port: number;
  securePort: number;
  node: number;
}

const { balancer, needed: haproxyNeeded } = await useEngines('balancer');
const { nginx, needed: nginxNeeded } = await useEngines('nginx');

export const shippedProxies: readonly ShippedProxy[] = [
  {
    name: 'HAProxy',
    needed: haproxyNeeded,
    start: (node, changes) => start('deploy/compose/haproxy.cfg', node, changes, haproxyHere, startHaproxy),
  },
  {
    name: 'nginx',
    needed: nginxNeeded,
    start: (node, changes) => start('deploy/proxies/nginx/nginx.conf', node, changes, nginxHere, startNginx),
  },
];

/** Takes the line that the file offers for TLS into use: nothing else of it is changed. */
const haproxyHere = ({ folder, securePort }: Place): Change[] => [
  [/^ *# +bind :8443 /m, `    bind 127.0.0.1:${securePort} `],
  ['/etc/haproxy/tls.pem', `${folder}/tls.pem`],
];

function startHaproxy(file: string, { folder, port, node }: Place): ChildProcess {
  const address = `127.0.0.1:${node}`;
  const env = { ...process.env, LISTEN: `127.0.0.1:${port}`, NODE_1: address, NODE_2: address };
  return startProgram(balancer.program, ['-db', '-f', file], folder, env);
}

/** nginx's file has no variables of the environment: addresses and folders are written into it. */
const nginxHere = ({ folder, port, securePort, node }: Place): Change[] => [
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
      ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((of) => `${of}_temp_path ${folder}/${of};`),
    ].join('\n'),
  ],
];

function startNginx(file: string, { folder }: Place): ChildProcess {
  const globals = `daemon off; master_process off; pid ${folder}/nginx.pid;`;
  return startProgram(nginx.program, ['-e', 'stderr', '-p', folder, '-c', file, '-g', globals], folder);
}

async function start(
  shipped: string,
  node: number,
  changes: readonly Change[] = [],
  here: (place: Place) => Change[],
  startIt: (file: string, place: Place) => ChildProcess,
): Promise<Front> {
  const folder = await temporaryFolder();
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const place = { folder, node, port: await freePort(), securePort: await freePort() };
  await makeCertificate(folder);
  let text = await readFile(shipped, 'utf8');
  for (const [from, to] of [...here(place), ...changes]) {
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`${shipped} has no ${from}`);
    text = changed;
  }
  const file = path.join(folder, path.basename(shipped));
  await writeFile(file, text);
  const child = startIt(file, place);
  onTestFinished(async () => {
    if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit');
  });
  const log = () => readFile(path.join(folder, 'log'), 'utf8');
  await vi.waitUntil(
    async () => {
      if (child.exitCode !== null) throw new Error(`${shipped}: ${await log()}`);
      return (await answers(place.port)) && (await answers(place.securePort));
    },
    { timeout: 20_000 },
  );
  return { port: place.port, securePort: place.securePort, log };
}

function answers(port: number): Promise<boolean> {
  return rawConnection(port).then(
    ({ socket }) => {
      socket.destroy();
      return true;
    },
    () => false,
  );
}

function startProgram(program: string, args: string[], folder: string, env = process.env): ChildProcess {
  const log = openSync(path.join(folder, 'log'), 'a');
  const child = spawn(program, args, { env, stdio: ['ignore', log, log] });
  closeSync(log);
  return child;
}

/** HAProxy wants certificate and key in one file, and nginx takes them from there, too. */
async function makeCertificate(folder: string): Promise<void> {
  const file = path.join(folder, 'tls.pem');
  const made = ['-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-keyout', file, '-out', file];
  const { code, stderr } = await run('openssl', ['req', '-x509', ...made]);
  if (code !== 0) throw new Error(stderr);
}
