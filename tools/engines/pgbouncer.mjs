/** A PgBouncer of the tests' own: Debian's, with its defaults, in front of a PostgreSQL on loopback. */
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { asPostgres } from './postgres.mjs';
import { accepts, createFolder, freePort, removeFolder, startProcess, untilReady } from './processes.mjs';
import { program } from './programs.mjs';

/**
 * @typedef {object} PgBouncer
 * @property {number} port
 * @property {() => Promise<void>} stop nothing of it stays
 */

/**
 * @param {{ to: number, mode: 'session' | 'transaction' | 'statement', settings?: Record<string, string | number> }} options
 *   to: the port of PostgreSQL. settings: of pgbouncer.ini
 * @returns {Promise<PgBouncer>}
 */
export async function startPgBouncer({ to, mode, settings = {} }) {
  const folder = createFolder('pgbouncer');
  chmodSync(folder, 0o755);
  const port = await freePort();
  const configuration = path.join(folder, 'pgbouncer.ini');
  const log = path.join(folder, 'log');
  const all = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'any',
    pool_mode: mode,
    ...settings,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`);
  const databases = `* = host=127.0.0.1 port=${to} user=postgres`;
  writeFileSync(configuration, `[databases]\n${databases}\n[pgbouncer]\n${lines.join('\n')}\n`);
  const bouncer = startProcess('PgBouncer', ...asPostgres(program('pgbouncer'), [configuration]), { log });
  await untilReady('PgBouncer', log, [bouncer], () => accepts(port));
  return {
    port,
    async stop() {
      await bouncer.end();
      removeFolder(folder);
    },
  };
}
