/**
 * An S3 store of the tests' own: Ceph's RADOS gateway, which checks signatures as S3 does, over one monitor and one storage
 * daemon that keeps everything in memory.
 */
import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { createFolder, freePort, removeFolder, startProcess, untilReady } from './processes.mjs';
import { program } from './programs.mjs';
import { createBucket } from './s3.mjs';

const run = promisify(execFile);

/**
 * @typedef {object} Ceph
 * @property {string} endpoint to be addressed with the bucket in the path
 * @property {string} region
 * @property {string} accessKey
 * @property {string} secretKey
 * @property {number} port
 * @property {number} pid of the gateway, anew after a restart
 * @property {(name: string) => Promise<void>} createBucket
 * @property {() => Promise<void>} kill ends the gateway, not what is stored
 * @property {() => Promise<void>} restart the gateway on the same port; where it runs, it is killed first
 * @property {() => void} pause the gateway answers no more, and its connections stay open
 * @property {() => void} resume
 * @property {() => Promise<void>} stop nothing of it stays
 */

/**
 * @param {{ bytes?: number, settings?: Record<string, string | number> }} [options] bytes: how much it keeps at most.
 *   settings: of the gateway, as ceph.conf names them
 * @returns {Promise<Ceph>}
 */
export async function startCeph({ bytes = 4 * 2 ** 30, settings = {} } = {}) {
  const folder = createFolder('ceph');
  const [port, monitorPort] = [await freePort(), await freePort()];
  const cluster = { folder, port, monitorPort, id: randomUUID(), bytes };
  const configuration = path.join(folder, 'ceph.conf');
  for (const name of ['mon', 'osd', 'rgw', 'run']) mkdirSync(path.join(folder, name));
  writeFileSync(configuration, configurationOf(cluster, settings));
  const keys = {
    accessKey: `AK${randomBytes(9).toString('hex')}`,
    secretKey: randomBytes(20).toString('hex'),
  };
  const endpoint = `http://127.0.0.1:${port}`;
  const region = 'us-east-1';

  /** @param {string} name @param {string[]} args */
  const daemon = (name, ...args) =>
    startProcess(name, program(name), ['-c', configuration, '-f', ...args], {
      log: path.join(folder, `${name}.log`),
      cwd: folder,
    });
  /** @param {string} name @param {string[]} args */
  const tool = (name, ...args) =>
    run(program(name), ['-c', configuration, ...args], { cwd: folder, timeout: 60_000 });

  async function startGateway() {
    const started = daemon('radosgw', '-n', 'client.rgw');
    const log = path.join(folder, 'radosgw.log');
    await untilReady('radosgw', log, [started], () =>
      fetch(endpoint, { signal: AbortSignal.timeout(1_000) }),
    );
    return started;
  }

  const map = path.join(folder, 'monmap');
  const address = `[v2:127.0.0.1:${monitorPort}]`;
  await run(program('monmaptool'), ['--create', '--addv', 'a', address, '--fsid', cluster.id, map]);
  await tool('ceph-mon', '--mkfs', '-i', 'a', '--monmap', map, '--mon-data', path.join(folder, 'mon'));
  const monitor = daemon('ceph-mon', '-i', 'a');
  const storage = randomUUID();
  await tool('ceph', '--connect-timeout', '30', 'osd', 'new', storage);
  await tool('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', storage, '--osd-data', path.join(folder, 'osd'));
  const disk = daemon('ceph-osd', '-i', '0');
  let gateway = await startGateway();
  const user = ['--uid=tests', '--display-name=tests', `--access-key=${keys.accessKey}`];
  await tool('radosgw-admin', 'user', 'create', ...user, `--secret-key=${keys.secretKey}`, '--max-buckets=0');

  return {
    endpoint,
    region,
    ...keys,
    port,
    get pid() {
      return gateway.pid;
    },
    createBucket: (name) => createBucket({ endpoint, region, ...keys }, name),
    kill: () => gateway.end(),
    async restart() {
      await gateway.end();
      gateway = await startGateway();
    },
    pause: () => gateway.signal('SIGSTOP'),
    resume: () => gateway.signal('SIGCONT'),
    async stop() {
      await Promise.all([gateway, disk, monitor].map((process) => process.end()));
      removeFolder(folder);
    },
  };
}

/**
 * @param {{ folder: string, port: number, monitorPort: number, id: string, bytes: number }} cluster
 * @param {Record<string, string | number>} settings
 */
function configurationOf({ folder, port, monitorPort, id, bytes }, settings) {
  return `[global]
fsid = ${id}
mon host = [v2:127.0.0.1:${monitorPort}]
mon initial members = a
auth cluster required = none
auth service required = none
auth client required = none
ms bind ipv4 = true
ms mon client mode = crc
ms mon cluster mode = crc
ms mon service mode = crc
public addr = 127.0.0.1
cluster addr = 127.0.0.1
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 1000
run dir = ${folder}/run
admin socket = ${folder}/run/$name.asok
pid file = ${folder}/run/$name.pid
log file = ${folder}/$name.log
osd objectstore = memstore
memstore device bytes = ${bytes}
osd_class_load_list = *
osd_class_default_list = *
[mon.a]
mon data = ${folder}/mon
[osd.0]
osd data = ${folder}/osd
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:${port}
rgw data = ${folder}/rgw
rgw crypt require ssl = false
rgw enable ops log = false
rgw thread pool size = 32
${Object.entries(settings)
  .map(([name, value]) => `${name} = ${value}\n`)
  .join('')}`;
}
