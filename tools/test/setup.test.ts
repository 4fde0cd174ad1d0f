import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { smallClone, writeSource } from './small-clone.js';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function clone(): string {
  const root = smallClone();
  folders.push(root);
  return root;
}

function dist(root: string, file: string): string {
  return path.join(root, 'packages/one/dist', file);
}

async function build(root: string): Promise<{ code: number | null; told: string }> {
  const child = spawn(process.execPath, [path.join(root, 'tools/run.mjs'), 'build'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let told = '';
  child.stderr.on('data', (chunk) => {
    told += chunk;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, told })));
}

test('builds what is not built, and nothing twice', async () => {
  const root = clone();
  expect(await build(root)).toMatchObject({ code: 0, told: expect.stringContaining('building') });
  expect(existsSync(dist(root, 'a.js'))).toBe(true);
  expect(await build(root)).toEqual({ code: 0, told: '' });
  writeSource(root, 'a', 'export const a: number = 22;');
  expect(await build(root)).toMatchObject({ code: 0, told: expect.stringContaining('building') });
  expect(readFileSync(dist(root, 'a.js'), 'utf8')).toContain('22');
});

test('removes the output of a source that is gone, and makes again what is missing', async () => {
  const root = clone();
  writeSource(root, 'b', 'export const b = 1;');
  await build(root);
  rmSync(path.join(root, 'packages/one/src/b.ts'));
  rmSync(dist(root, 'a.js'));
  expect((await build(root)).code).toBe(0);
  expect(['a.js', 'b.js', 'b.d.ts'].map((file) => existsSync(dist(root, file)))).toEqual([
    true,
    false,
    false,
  ]);
});

test('tells what the compiler found, every time until it is mended', async () => {
  const root = clone();
  writeSource(root, 'a', "export const a: number = 'one';");
  for (const _ of [1, 2]) {
    expect(await build(root)).toMatchObject({
      code: 1,
      told: expect.stringContaining('packages/one/src/a.ts(1,14): error'),
    });
  }
  expect(existsSync(path.join(root, '.setup-lock'))).toBe(false);
  writeSource(root, 'a', 'export const a: number = 1;');
  expect((await build(root)).code).toBe(0);
});

test('of several at once one builds and the others wait, though a lock was left by a process that died', async () => {
  const root = clone();
  writeFileSync(path.join(root, '.setup-lock'), '4194304'); // above any process number
  const runs = await Promise.all([build(root), build(root), build(root)]);
  expect(runs.map((run) => run.code)).toEqual([0, 0, 0]);
  expect(runs.filter((run) => run.told.includes('building'))).toHaveLength(1);
  expect(existsSync(path.join(root, '.setup-lock'))).toBe(false);
});

test('a folder that is no whole clone is named as that', async () => {
  const root = clone();
  rmSync(path.join(root, 'package-lock.json'));
  expect(await build(root)).toEqual({
    code: 1,
    told: 'package-lock.json is missing or unreadable: is this a whole clone?\n',
  });
});
