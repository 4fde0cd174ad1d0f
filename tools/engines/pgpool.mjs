/** A pgpool-II of the tests' own: Debian's, with load balancing, in front of a primary and a streaming replica that lags. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { installPackages } from './packages.mjs';
import { asPostgres, ownByPostgres, startPostgres } from './postgres.mjs';
import { createFolder, freePort, removeFolder, startProcess, untilReady } from './processes.mjs';
import { findProgram, program } from './programs.mjs';

/**
 * @param {{ lagMs: number }} options how long the replica waits before it applies a commit
 * @returns {Promise<{ url: string, version: string, stop: () => Promise<void> }>} url of a database
 */
export async function startPgpool({ lagMs }) {
  installPackages(() => (findProgram('pgpool') ? [] : ['pgpool2']));
  const primary = await startPostgres({
    settings: { wal_level: 'replica', max_wal_senders: 4, hot_standby: 'on' },
    files: {
      'pg_hba.conf':
        'local all all trust\nhost all all 127.0.0.1/32 trust\nhost replication all 127.0.0.1/32 trust\n',
    },
  });
  const url = await primary.createDatabase('coupons');
  const folder = createFolder('pgpool');
  ownByPostgres(folder);
  const [replicaPort, port, control] = [await freePort(), await freePort(), await freePort()];
  const data = path.join(folder, 'replica');
  const source = ['-h', '127.0.0.1', '-p', String(primary.port), '-U', 'postgres'];
  const [copy, copying] = asPostgres(program('pg_basebackup'), [
    ...source,
    '-D',
    data,
    '-R',
    '-X',
    'stream',
    '-c',
    'fast',
  ]);
  execFileSync(copy, copying, { stdio: 'pipe' });
  chmodSync(data, 0o700);
  const settings = {
    port: replicaPort,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    max_connections: 300,
    recovery_min_apply_delay: lagMs,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const replicaLog = path.join(folder, 'replica.log');
  const replica = startProcess('replica', ...asPostgres(program('postgres'), ['-D', data, ...args]), {
    log: replicaLog,
    endBy: 'SIGQUIT',
  });
  const ask = (/** @type {number} */ at, /** @type {string} */ sql) =>
    execFileSync(program('psql'), ['-XAtq', '-c', sql, `postgres://postgres@127.0.0.1:${at}/coupons`], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  await untilReady('replica', replicaLog, [replica], () => ask(replicaPort, 'select 1'));
  const configuration = path.join(folder, 'pgpool.conf');
  writeFileSync(
    configuration,
    configurationOf({ folder, port, control, ports: [primary.port, replicaPort] }),
  );
  const log = path.join(folder, 'pgpool.log');
  const hba = path.join(folder, 'pool_hba.conf');
  writeFileSync(hba, 'host all all 127.0.0.1/32 trust\n');
  const pgpool = startProcess(
    'pgpool',
    ...asPostgres(program('pgpool'), ['-n', '-f', configuration, '-a', hba]),
    {
      log,
      endBy: 'SIGINT',
    },
  );
  await untilReady('pgpool', log, [pgpool], () => ask(port, 'select 1'));
  // It prints its version where others print errors.
  const { stderr, stdout } = spawnSync(program('pgpool'), ['--version'], { encoding: 'utf8' });
  const version = /\d+(\.\d+)+/.exec(stdout + stderr)?.[0];
  if (!version) throw new Error(`pgpool tells no version: ${stdout}${stderr}`);
  return {
    url: url.replace(String(primary.port), String(port)),
    version,
    async stop() {
      await pgpool.end();
      await replica.end();
      await primary.stop();
      removeFolder(folder);
    },
  };
}

/** @param {{ folder: string, port: number, control: number, ports: number[] }} options */
function configurationOf({ folder, port, control, ports }) {
  const backends = ports.map(
    (at, index) => `backend_hostname${index} = '127.0.0.1'
backend_port${index} = ${at}
backend_weight${index} = ${index === 0 ? 0 : 1}
backend_flag${index} = 'DISALLOW_TO_FAILOVER'
`,
  );
  return `backend_clustering_mode = 'streaming_replication'
listen_addresses = '127.0.0.1'
port = ${port}
pcp_port = ${control}
socket_dir = '${folder}'
pcp_socket_dir = '${folder}'
pid_file_name = '${folder}/pgpool.pid'
logdir = '${folder}'
load_balance_mode = on
sr_check_user = 'postgres'
sr_check_period = 2
num_init_children = 32
${backends.join('')}`;
}
