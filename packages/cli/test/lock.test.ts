import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { beforeEach, expect, test } from 'vitest';
import { lock } from '../dist/ledger/lock.js';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lock-'));
  file = path.join(folder, 'ledger.jsonl');
  return () => rm(folder, { recursive: true });
});

/** A process that takes the lock on a message, reports whether it has it, and releases it on the next message. */
const RUN = `
  const { lock } = await import(${JSON.stringify(new URL('../dist/ledger/lock.js', import.meta.url).href)});
  const { createInterface } = await import('node:readline');
  let unlock;
  console.log('ready');
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'end') {
      await unlock?.();
      unlock = undefined;
      console.log('ended');
      continue;
    }
    try {
      unlock = await lock(process.argv[1]);
      console.log('has it');
    } catch (error) {
      console.log(error.key ?? error.message);
    }
  }`;

interface Run {
  child: ChildProcess;
  ask(what: 'begin' | 'end'): void;
  response(): Promise<string>;
}

function startRun(): Run {
  const child = spawn(process.execPath, ['--input-type=module', '-e', RUN, file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    ask: (what) => child.stdin.write(`${what}\n`),
    response: async () => String((await lines.next()).value),
  };
}

test('ten runs at once over stale claims: in every round one holds the lock, and the others fail with a message', async () => {
  const runs = Array.from({ length: 10 }, startRun);
  try {
    expect(await Promise.all(runs.map((run) => run.response()))).toEqual(runs.map(() => 'ready'));
    for (let round = 0; round < 8; round += 1) {
      await writeFile(claimOf(999_999_999), '');
      for (const run of runs) run.ask('begin');
      const responses = await Promise.all(runs.map((run) => run.response()));
      expect(responses.sort(), `round ${round}`).toEqual(['has it', ...Array(9).fill('ledger.inUse')].sort());
      for (const run of runs) run.ask('end');
      await Promise.all(runs.map((run) => run.response()));
      expect(await readdir(folder), `round ${round}`).toEqual([]);
    }
  } finally {
    for (const { child } of runs) child.kill('SIGKILL');
  }
});

test('the lock of a run that was killed is nobody’s', async () => {
  const run = startRun();
  expect(await run.response()).toBe('ready');
  run.ask('begin');
  expect(await run.response()).toBe('has it');
  await expect(lock(file)).rejects.toMatchObject({ key: 'ledger.inUse', values: { pid: run.child.pid } });
  run.child.kill('SIGKILL');
  await once(run.child, 'exit');
  const unlock = await lock(file);
  await unlock();
  expect(await readdir(folder)).toEqual([]);
});

test('twice in one process, the second is refused; one of an earlier process with the same number is not', async () => {
  await writeFile(claimOf(process.pid), '');
  const unlock = await lock(file);
  await expect(lock(file)).rejects.toMatchObject({ key: 'ledger.inUse', values: { pid: process.pid } });
  await unlock();
});

test('a run on another machine counts as running, and the error names the claim to delete', async () => {
  const theirs = claimOf(4711, 'nas-2.example');
  await writeFile(theirs, '');
  await expect(lock(file)).rejects.toMatchObject({
    key: 'ledger.inUseElsewhere',
    values: { host: 'nas-2.example', pid: 4711, lock: theirs },
  });
  expect(await readdir(folder)).toEqual([path.basename(theirs)]);
});

test('what only looks like a claim, and the claims on other files, are left alone', async () => {
  const names = [
    'ledger.jsonl.lock',
    'ledger.jsonl.lock.1.x.host',
    'other.jsonl.lock.999999999.0123456789abcdef.h',
  ];
  for (const name of names) await writeFile(path.join(folder, name), 'kept');
  await (await lock(file))();
  expect((await readdir(folder)).sort()).toEqual([...names].sort());
});

function claimOf(pid: number, host = hostname()): string {
  return `${file}.lock.${pid}.0123456789abcdef.${host}`;
}
