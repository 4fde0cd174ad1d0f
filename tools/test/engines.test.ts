import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import { requireEngines, startPostgres, startRedis } from '../engines/index.mjs';
import { installEngines } from '../engines/install.mjs';
import { program } from '../engines/programs.mjs';

// Takes 17 s: engines that are started, killed and waited for.

// What other tests lean on: engines that end when they are told to, come back as they were, and are never left behind.
const repository = path.resolve(import.meta.dirname, '../..');
const postgres = await requireEngines('postgres');
const redis = await requireEngines('redis');
const all = await requireEngines('postgres', 'redis', 's3');
const PATIENCE = { timeout: 20_000, interval: 50 };

/** A process that starts engines and does nothing more. Resolves with the folders in which they are. */
async function starter(...starts: string[]): Promise<{ child: ChildProcess; folders: string[] }> {
  const script = `
    import * as engines from './tools/engines/index.mjs';
    await Promise.all(${JSON.stringify(starts)}.map((name) => engines[name]()));
    console.log('started');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return { child, folders: foldersOf(child.pid ?? 0) };
}

/** The folders of engines that a process started: its children work there. */
function foldersOf(parent: number): string[] {
  const children = processes().filter(({ pid }) => parentOf(pid) === parent);
  return [...new Set(children.flatMap(({ folder }) => /^.*\/coupon-media-[a-z]+-\w+/.exec(folder) ?? []))];
}

function processes(): { pid: number; folder: string }[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).map((pid) => ({ pid, folder: workingFolder(pid) }));
}

function workingFolder(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return ''; // it has gone
  }
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s*(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1]);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

async function select(url: string, sql: string): Promise<string> {
  const { stdout } = await promisify(execFile)(program('psql'), ['-X', '-A', '-t', '-d', url, '-c', sql]);
  return stdout.trim();
}

test('nothing stays when the tests are killed', { ...all.needed, timeout: 120_000 }, async () => {
  const { child, folders } = await starter('startPostgres', 'startRedis', 'startCeph');
  expect(folders).toHaveLength(3);
  child.kill('SIGKILL');
  await vi.waitFor(() => {
    expect(folders.filter((folder) => existsSync(folder))).toEqual([]);
    expect(processes().filter(({ folder }) => folders.some((one) => folder.startsWith(one)))).toEqual([]);
  }, PATIENCE);
});

test('nor when they are interrupted', redis.needed, async () => {
  const { child, folders } = await starter('startRedis');
  expect(folders).toHaveLength(1);
  child.kill('SIGINT');
  await vi.waitFor(() => expect(folders.filter((folder) => existsSync(folder))).toEqual([]), PATIENCE);
});

test('PostgreSQL comes back with what was committed', postgres.needed, async () => {
  const server = await startPostgres();
  const url = await server.createDatabase('kept');
  await select(url, 'create table image (name text); insert into image values ($$a$$)');
  for (const end of [server.kill, async () => {}]) {
    const before = server.pid;
    await end();
    await server.restart();
    expect(server.pid).not.toBe(before);
    expect(await select(url, 'select name from image')).toBe('a');
  }
  await server.stop();
  expect(existsSync(server.folder)).toBe(false);
});

test('PostgreSQL stands still, backends and all', postgres.needed, async () => {
  const server = await startPostgres({ fsync: false });
  const backend = select(server.url, 'select pg_sleep(2), pg_backend_pid()');
  // The postmaster, five of its own, and this one's backend.
  await vi.waitFor(() => expect(states(server.pid).length).toBeGreaterThanOrEqual(7), PATIENCE);
  server.pause();
  await vi.waitFor(() => expect(new Set(states(server.pid))).toEqual(new Set(['T'])), PATIENCE);
  server.resume();
  expect(await backend).toMatch(/\|\d+$/);
  await server.stop();
});

/** Of a process and its children: R, S, T (stopped) … Not of a dead one that its stopped parent cannot bury. */
function states(pid: number): string[] {
  const family = processes().filter((one) => one.pid === pid || parentOf(one.pid) === pid);
  const all = family.map((one) => /^State:\s*(\w)/m.exec(read(`/proc/${one.pid}/status`))?.[1] ?? '');
  return all.filter((state) => state !== 'Z');
}

test('Redis comes back with its data, or without', redis.needed, async () => {
  const server = await startRedis({ appendOnly: true, password: 'secret' });
  await server.command('SET', 'a', '1');
  await server.restart();
  expect(await server.command('GET', 'a')).toContain('1');
  await server.kill();
  await server.restart({ data: false });
  expect(await server.command('GET', 'a')).toBe('$-1\r\n');
  await server.stop();
  expect(existsSync(server.folder)).toBe(false);
});

test('where nothing is missing, nothing is installed', all.needed, () => {
  const missing = installEngines().map(({ engine }) => engine);
  expect(missing.filter((engine) => engine !== 'balancer')).toEqual([]);
});
