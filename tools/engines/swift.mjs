/** An OpenStack Swift of the tests' own, with the S3 interface: Debian's, one device, one account, over memcached. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { installPackages } from './packages.mjs';
import { createFolder, freePort, removeFolder, startProcess, untilReady } from './processes.mjs';
import { findProgram, program } from './programs.mjs';
import { createBucket } from './s3.mjs';

const PARTS = /** @type {const} */ (['account', 'container', 'object']);

/**
 * @param {{ memcached?: boolean }} [options] memcached: false leaves it out of Swift's pipeline
 * @returns {Promise<{ endpoint: string, region: string, accessKey: string, secretKey: string, version: string,
 *   createBucket: (name: string) => Promise<void>, stop: () => Promise<void> }>}
 */
export async function startSwift({ memcached = true } = {}) {
  const packages = ['memcached', ...['proxy', ...PARTS].map((part) => `swift-${part}`)];
  installPackages(() => (packages.every(isInstalled) ? [] : packages));
  const folder = createFolder('swift');
  const port = await freePort();
  const cachePort = await freePort();
  /** @type {import('./processes.mjs').EngineProcess[]} */
  const processes = [];
  const daemon = (/** @type {string} */ name, /** @type {string[]} */ ...args) => {
    const started = startProcess(name, program(name), args, {
      log: path.join(folder, `${name}.log`),
      cwd: folder,
      endBy: 'SIGTERM',
    });
    processes.push(started);
    return started;
  };
  mkdirSync(path.join(folder, 'devices', 'd1'), { recursive: true });
  writeFileSync(
    path.join(folder, 'swift.conf'),
    '[swift-hash]\nswift_hash_path_suffix = tests\nswift_hash_path_prefix = tests\n[storage-policy:0]\nname = gold\ndefault = yes\n',
  );
  if (memcached) daemon('memcached', '-u', 'nobody', '-l', '127.0.0.1', '-p', String(cachePort));
  for (const part of PARTS) {
    const at = await freePort();
    const ring = path.join(folder, `${part}.builder`);
    const build = (/** @type {string[]} */ ...args) =>
      execFileSync(program('swift-ring-builder'), [ring, ...args], { stdio: 'pipe' });
    build('create', '4', '1', '0');
    build('add', `r1z1-127.0.0.1:${at}/d1`, '1');
    build('rebalance');
    writeFileSync(path.join(folder, `${part}.conf`), storageOf(folder, part, at));
    daemon(`swift-${part}-server`, path.join(folder, `${part}.conf`));
  }
  writeFileSync(path.join(folder, 'proxy.conf'), proxyOf(folder, port, memcached ? cachePort : undefined));
  const proxy = daemon('swift-proxy-server', path.join(folder, 'proxy.conf'));
  const endpoint = `http://127.0.0.1:${port}`;
  const log = path.join(folder, 'swift-proxy-server.log');
  await untilReady('Swift', log, [proxy], () => fetch(`${endpoint}/healthcheck`).then(({ ok }) => ok));
  const keys = { accessKey: 'test:tester', secretKey: 'testing' };
  const region = 'us-east-1';
  return {
    endpoint,
    region,
    ...keys,
    version: versionOf('swift-proxy'),
    createBucket: (name) => createBucket({ endpoint, region, ...keys }, name),
    async stop() {
      await Promise.all(processes.map((each) => each.end()));
      removeFolder(folder);
    },
  };
}

/** @param {string} name of a package of Debian */
function isInstalled(name) {
  return findProgram(name === 'memcached' ? name : `${name}-server`) !== undefined;
}

/** @param {string} name of a package of Debian */
function versionOf(name) {
  const text = execFileSync('dpkg-query', ['-W', name], { encoding: 'utf8' });
  return /\d+(\.\d+)+/.exec(text.split('\t')[1] ?? '')?.[0] ?? text;
}

/** @param {string} folder @param {string} part @param {number} port */
function storageOf(folder, part, port) {
  return `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
user = root
swift_dir = ${folder}
devices = ${folder}/devices
mount_check = false
workers = 0
[pipeline:main]
pipeline = ${part}-server
[app:${part}-server]
use = egg:swift#${part}
`;
}

/** @param {string} folder @param {number} port @param {number | undefined} cachePort */
function proxyOf(folder, port, cachePort) {
  return `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
user = root
swift_dir = ${folder}
workers = 0
[pipeline:main]
pipeline = catch_errors healthcheck ${cachePort ? 'cache ' : ''}s3api tempauth proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:healthcheck]
use = egg:swift#healthcheck
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:${cachePort}
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
`;
}
