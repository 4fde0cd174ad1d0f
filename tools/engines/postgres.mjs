/** A PostgreSQL of the tests' own: Debian's or another, on loopback, in a temporary folder. */
import { execFile } from 'node:child_process';
import { chownSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { createFolder, freePort, removeFolder, startProcess, untilReady } from './processes.mjs';
import { program } from './programs.mjs';

const run = promisify(execFile);

/** PostgreSQL refuses to run as root; Debian's package brings a user for it. */
const IS_ROOT = process.getuid?.() === 0;

/**
 * @typedef {object} Postgres
 * @property {string} url of the database `postgres`; the user may do anything, and has no password
 * @property {number} port
 * @property {string} folder its data, as PostgreSQL keeps them
 * @property {number} pid of the postmaster, anew after a restart
 * @property {(name: string) => Promise<string>} createDatabase resolves with its URL
 * @property {(database: string, sql: string) => Promise<unknown>} query runs SQL as the user that may do anything
 * @property {() => Promise<void>} kill with no chance to tidy up
 * @property {() => Promise<void>} restart on the same port and data; where it runs, it is ended first
 * @property {() => void} pause it answers no more, and its connections stay open
 * @property {() => void} resume
 * @property {() => Promise<void>} stop nothing of it stays
 */

/**
 * @param {{ fsync?: boolean, encoding?: string, programs?: string, files?: Record<string, string>,
 *   settings?: Record<string, string | number> }} [options]
 *   fsync: false is faster and does not survive the loss of power; it does survive kill(). encoding: of its databases, UTF8 by
 *   default. programs: the folder of initdb and postgres, Debian's by default. files: written
 *   into its data before it starts. settings: of postgresql.conf
 * @returns {Promise<Postgres>}
 */
export async function startPostgres({
  fsync = true,
  encoding = 'UTF8',
  programs,
  files = {},
  settings = {},
} = {}) {
  const folder = createFolder('postgres');
  const data = path.join(folder, 'data');
  const log = path.join(folder, 'log');
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}`;
  ownByPostgres(folder);
  const locale = encoding === 'UTF8' ? 'C.UTF-8' : 'C';
  const initdb = [
    '-D',
    data,
    '-A',
    'trust',
    '-U',
    'postgres',
    '-E',
    encoding,
    `--locale=${locale}`,
    '--no-sync',
  ];
  const own = (/** @type {string} */ name) => (programs ? path.join(programs, name) : program(name));
  await run(...asPostgres(own('initdb'), initdb));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(path.join(data, name), content, { mode: 0o600 });
    ownByPostgres(path.join(data, name));
  }
  const all = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    max_connections: 300,
    fsync: fsync ? 'on' : 'off',
    ...settings,
  };
  const args = ['-D', data, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];

  async function start() {
    const started = startProcess('PostgreSQL', ...asPostgres(own('postgres'), args), {
      log,
      endBy: 'SIGQUIT',
    });
    await untilReady('PostgreSQL', log, [started], () => query('postgres', 'select 1'));
    return started;
  }

  /** @param {string} database @param {string} sql */
  function query(database, sql) {
    return run(program('psql'), ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', `${url}/${database}`, '-c', sql]);
  }

  let server = await start();
  return {
    url: `${url}/postgres`,
    port,
    folder: data,
    get pid() {
      return server.pid;
    },
    async createDatabase(name) {
      await query('postgres', `create database "${name}"`);
      return `${url}/${name}`;
    },
    query,
    kill: () => server.end('SIGKILL'),
    async restart() {
      await server.end('SIGINT'); // a fast shutdown: open transactions are rolled back
      server = await start();
    },
    pause: () => server.signal('SIGSTOP'),
    resume: () => server.signal('SIGCONT'),
    async stop() {
      await server.end();
      removeFolder(folder);
    },
  };
}

/**
 * @param {string} program
 * @param {string[]} args
 * @returns {[string, string[]]} how to run it as a user that PostgreSQL accepts
 */
export function asPostgres(program, args) {
  if (!IS_ROOT) return [program, args];
  return ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', program, ...args]];
}

/** Gives a file or folder to the user that PostgreSQL runs as. @param {string} file */
export function ownByPostgres(file) {
  if (IS_ROOT) chownSync(file, ...postgresUser());
}

/** @returns {[user: number, group: number]} */
function postgresUser() {
  const entry = readFileSync('/etc/passwd', 'utf8').match(/^postgres:[^:]*:(\d+):(\d+):/m);
  if (!entry) throw new Error("There is no user postgres; Debian's package postgresql makes it.");
  return [Number(entry[1]), Number(entry[2])];
}
