import { execFile, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { chmod, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { accepts, freePort, startProcess, untilReady } from '../../tools/engines/processes.mjs';
import { program } from '../../tools/engines/programs.mjs';
import { png } from '../support/exchange.js';
import { temporaryFolder } from '../support/sandbox.js';
import { testService } from '../support/service.js';
import { reverseProxies } from './reverse.js';
import { startFront } from './start.js';

/** A forward proxy of a client's network, as an office has one. */
export interface ForwardProxy {
  readonly name: string;
  readonly program: string;
  readonly package: string;
  /** Its configuration by the name of its file, and its arguments. */
  configuration(place: ForwardPlace): string;
  args(file: string, place: ForwardPlace): string[];
  /** What is given as the proxy's URL with this port, over which scheme, and what comes of it. */
  readonly rows: readonly ForwardRow[];
}

interface ForwardPlace {
  readonly folder: string;
  readonly port: number;
  /** The only port that it connects to. */
  readonly target: number;
}

interface ForwardRow {
  readonly does: string;
  url(port: number): string;
  /** Default: https. */
  readonly scheme?: 'http' | 'https';
  /** Whether a host is asked for that the proxy does not let through. */
  readonly forbidden?: boolean;
  /** The result, without the proxy's port. */
  readonly seen: string;
}

const PASSWORD = { user: 'office', secret: 'p@ss/word', written: 'office:p%40ss%2Fword' };
const through =
  (scheme: string, user = '') =>
  (port: number): string =>
    `${scheme}://${user && `${user}@`}127.0.0.1:${port}`;

/** tinyproxy takes only letters, digits, `-`, `.` and `_` in a password. */
const PLAIN = 'office:pass-word.9';

const withPassword = (user: string, wrong: number): readonly ForwardRow[] => [
  { does: 'https, with its password', url: through('http', user), seen: 'works' },
  { does: 'http, with its password', url: through('http', user), scheme: 'http', seen: 'works' },
  {
    does: 'https, a host that it forbids',
    url: through('http', user),
    forbidden: true,
    seen: 'does not allow this host (403): have its administrator allow it',
  },
  { does: 'https, without a password', url: through('http'), seen: 'asks for a user and a password (407)' },
  {
    does: 'https, a wrong password',
    url: through('http', 'office:guess'),
    seen: `does not accept the user and the password that it was given (${wrong})`,
  },
];

export const forwardProxies: readonly ForwardProxy[] = [
  {
    name: 'Squid',
    program: 'squid',
    package: 'squid-openssl',
    configuration: (place) => squid(place, 'basic program /usr/lib/squid/basic_ncsa_auth', 'passwords'),
    args: (file) => ['-N', '-f', file],
    rows: withPassword(PASSWORD.written, 407),
  },
  {
    name: 'Squid, Digest alone',
    program: 'squid',
    package: 'squid-openssl',
    configuration: (place) => squid(place, 'digest program /usr/lib/squid/digest_file_auth', 'digests'),
    args: (file) => ['-N', '-f', file],
    rows: [
      {
        does: 'https, with its password',
        url: through('http', PASSWORD.written),
        seen: 'asks for Digest (407), and only Basic is supported here: run a forwarding proxy such as cntlm or px on this machine, and give its address',
      },
    ],
  },
  {
    name: 'tinyproxy',
    program: 'tinyproxy',
    package: 'tinyproxy-bin',
    configuration: ({ port, target }) => `Port ${port}
Listen 127.0.0.1
Allow 127.0.0.1
Timeout 60
BasicAuth ${PLAIN.replace(':', ' ')}
ConnectPort ${target}
`,
    args: (file) => ['-d', '-c', file],
    rows: withPassword(PLAIN, 401),
  },
  {
    name: 'dante',
    program: 'danted',
    package: 'dante-server',
    configuration: (place) => dante(place, 'none'),
    args: (file) => ['-f', file],
    rows: [
      { does: 'https', url: through('socks5'), seen: 'works' },
      { does: 'http', url: through('socks5h'), scheme: 'http', seen: 'works' },
      {
        does: 'https, a host that it forbids',
        url: through('socks5'),
        forbidden: true,
        seen: 'does not allow this host',
      },
    ],
  },
  {
    name: 'dante, users of the machine',
    program: 'danted',
    package: 'dante-server',
    configuration: (place) => dante(place, 'username'),
    args: (file) => ['-f', file],
    rows: [
      { does: 'https, without a password', url: through('socks5'), seen: 'asks for a user and a password' },
      {
        does: 'https, a wrong password',
        url: through('socks5', 'office:guess'),
        seen: 'does not accept the user and the password that it was given',
      },
    ],
  },
  {
    name: 'microsocks',
    program: 'microsocks',
    package: 'microsocks',
    configuration: () => '',
    args: (_, { port }) => [
      '-i',
      '127.0.0.1',
      '-p',
      String(port),
      '-u',
      PASSWORD.user,
      '-P',
      PASSWORD.secret,
    ],
    rows: [
      { does: 'https, with its password', url: through('socks5', PASSWORD.written), seen: 'works' },
      { does: 'https, without a password', url: through('socks5'), seen: 'asks for a user and a password' },
      {
        does: 'https, a wrong password',
        url: through('socks5', 'office:guess'),
        seen: 'does not accept the user and the password that it was given',
      },
    ],
  },
];

/** Starts the proxy, and uploads through it as each row says. @returns a result for each row */
export async function uploadThrough(proxy: ForwardProxy): Promise<string[]> {
  const service = await testService();
  const [nginx] = reverseProxies;
  if (!nginx) throw new Error('no reverse proxy');
  const front = await startFront(nginx, service.port);
  const folder = await temporaryFolder();
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o777);
  const image = path.join(folder, 'picture.png');
  await writeFile(image, png(1, 1, Buffer.alloc(1_900_000, 'pixels')));
  const found: string[] = [];
  for (const scheme of ['https', 'http'] as const) {
    const rows = proxy.rows.filter((row) => (row.scheme ?? 'https') === scheme);
    const target = scheme === 'https' ? front.port : service.port;
    if (rows.length === 0) continue;
    const port = await startForward(proxy, { folder, target });
    for (const { url, forbidden } of rows) {
      const baseUrl = `${scheme}://localhost:${forbidden ? service.port : target}`;
      const words = [path.join(service.folder, 'credentials.json'), baseUrl, url(port), image];
      const environment = { ...process.env, NODE_EXTRA_CA_CERTS: front.certificate };
      const run = promisify(execFile)(process.execPath, ['e2e/proxies/upload-through.mjs', ...words], {
        env: environment,
      });
      const said = (await run).stdout.trim();
      const [, place, what] = /the proxy (\S+) \(from proxy\) (.*)$/s.exec(said) ?? [];
      found.push(place === `127.0.0.1:${port}` ? (what ?? '').replace(/: write .*$/, '') : said);
    }
  }
  // In the order of the rows again.
  const order = ['https', 'http'].flatMap((scheme) =>
    proxy.rows.filter((row) => (row.scheme ?? 'https') === scheme),
  );
  return proxy.rows.map((row) => found[order.indexOf(row)] ?? '');
}

async function startForward(
  proxy: ForwardProxy,
  { folder, target }: Pick<ForwardPlace, 'folder' | 'target'>,
): Promise<number> {
  const place = { folder, target, port: await freePort() };
  const file = path.join(folder, `${proxy.program}-${place.port}.conf`);
  const log = path.join(folder, `${proxy.program}-${place.port}.log`);
  await writeFile(file, proxy.configuration(place));
  const running = startProcess(proxy.name, program(proxy.program), proxy.args(file, place), {
    log,
    cwd: folder,
    endBy: 'SIGTERM',
  });
  onTestFinished(() => running.end());
  await untilReady(proxy.name, log, [running], () => accepts(place.port));
  return place.port;
}

function squid({ folder, port, target }: ForwardPlace, helper: string, file: string): string {
  const [scheme = ''] = helper.split(' ');
  const hash = execFileSync('openssl', ['passwd', '-apr1', PASSWORD.secret], { encoding: 'utf8' }).trim();
  const line = scheme === 'basic' ? `${PASSWORD.user}:${hash}` : `${PASSWORD.user}:${PASSWORD.secret}`;
  writeFileSync(path.join(folder, file), `${line}\n`);
  return `http_port 127.0.0.1:${port}
auth_param ${helper} ${path.join(folder, file)}
auth_param ${scheme} children 1
auth_param ${scheme} realm office
acl known proxy_auth REQUIRED
acl allowed port ${target}
http_access deny !allowed
http_access allow known
http_access deny all
cache deny all
access_log none
cache_log ${folder}/cache.log
pid_filename none
coredump_dir ${folder}
netdb_filename none
pinger_enable off
shutdown_lifetime 0 seconds
`;
}

function dante({ folder, port, target }: ForwardPlace, method: string): string {
  return `logoutput: ${folder}/danted-out.log
internal: 127.0.0.1 port = ${port}
external: 127.0.0.1
clientmethod: none
socksmethod: ${method}
user.privileged: root
user.unprivileged: nobody
client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }
socks pass { from: 127.0.0.0/8 to: 0.0.0.0/0 port = ${target} }
socks block { from: 0.0.0.0/0 to: 0.0.0.0/0 }
`;
}
