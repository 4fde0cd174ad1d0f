import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { wholePng } from '../support/exchange.js';
import { makeImage } from '../support/images.js';
import { useWorlds, type World } from './world.js';

let world: World;
useWorlds((made) => {
  world = made;
});

/** @param names files of the folder, each another image */
async function images(folder: string, ...names: string[]): Promise<void> {
  await mkdir(world.at(folder), { recursive: true });
  for (const name of names) {
    number += 1;
    await writeFile(world.at(folder, name), wholePng(number));
  }
}
let number = 0;

type Row = Record<string, unknown>;

async function rows(): Promise<Row[]> {
  return JSON.parse(await readFile(world.at('urls.json'), 'utf8'));
}

describe('a manifest of earlier runs', () => {
  test('is added to, and says what was new in this run', async () => {
    await images('a', '1.png');
    await images('b', '2.png');
    await upload('a');
    await upload('b');
    expect(await rows()).toMatchObject([
      { file: 'a/1.png', status: 'known', image_url: expect.stringContaining('http'), width: 2, height: 1 },
      { file: 'b/2.png', status: 'uploaded', uploaded_at: expect.stringMatching(/^20.*Z$/) },
    ]);
  });

  test('keeps its URLs in a dry run, and whatever it is if it is no manifest', async () => {
    await images('a', '1.png');
    await upload('a');
    const before = await readFile(world.at('urls.json'));
    const dry = await upload('--dry-run', 'a');
    expect(dry).toMatchObject({ code: 2, stderr: expect.stringContaining('it has 1 URL,') });
    expect(await readFile(world.at('urls.json'))).toEqual(before);
    await writeFile(world.at('notes.csv'), 'name,price\r\na,1\r\n');
    const other = await world.cli(['upload', '--profile', world.profile, '--manifest', 'notes.csv', 'a']);
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('not a manifest') });
    expect(await readFile(world.at('notes.csv'), 'utf8')).toBe('name,price\r\na,1\r\n');
  });

  test('lists the files for another run', async () => {
    await images('a', '1.png', '=2.png');
    await writeFile(world.at('a/notes.txt'), 'x');
    await csv('a');
    const { code, stderr } = await csv('--files-from', 'urls.csv');
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('2 uploaded before') });
  });
});

test('a manifest for a coupon form: Chinese heads and states, sizes, and each URL under its place', async () => {
  await mkdir(world.at('夏'));
  await writeFile(world.at('夏/图标.png'), await makeImage('png', 1, 840));
  for (const n of [1, 2])
    await writeFile(world.at(`夏/详情${n}.png`), await makeImage('png', 2048 * (n - 1), 1200));
  const zh = ['--lang', 'zh-CN', '--prepare'];
  await csv(...zh, '--slot', 'icon', '夏/图标.png');
  await csv(...zh, '--slot', 'detail', '夏/详情1.png', '夏/详情2.png');
  const text = await readFile(world.at('urls.csv'), 'utf8');
  const [heads = [], ...table] = text
    .replace('\ufeff', '')
    .trim()
    .split('\r\n')
    .map((line) => line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/));
  const of = (row: number, head: string) => table[row]?.[heads.indexOf(head)];
  expect(heads.at(-1)).toBe('图片 URL');
  expect([0, 1, 2].map((row) => [of(row, '文件'), of(row, '状态'), of(row, '用途'), of(row, '宽')])).toEqual([
    ['夏/图标.png', '此前已上传', '图标', '1080'],
    ['夏/详情1.png', '已上传', '详情图', '1170'],
    ['夏/详情2.png', '已上传', '详情图', '1170'],
  ]);
  expect(of(0, '图标')).toMatch(/^http/);
  expect(of(1, '详情图1')).toBe(of(1, '图片 URL'));
  expect(of(2, '详情图2')).toMatch(/^http/);
  expect(of(2, '详情图1')).toBe('');
});

describe('a manifest that cannot be written is found before anything is sent:', () => {
  test.each<[string, () => Promise<string>]>([
    [
      'a folder',
      async () => {
        await mkdir(world.at('urls.json'));
        return 'urls.json';
      },
    ],
    ['one in no folder', async () => 'nowhere/urls.json'],
  ])('%s', async (_, make) => {
    await images('a', '1.png');
    const file = await make();
    const { code, stderr } = await world.cli(['upload', '--profile', world.profile, '--manifest', file, 'a']);
    expect(code).toBe(3);
    expect(stderr).toContain(`--manifest ${file}`);
    expect(stderr).not.toMatch(/\.coupon-media-|\.new/);
    expect(world.front.seen.length).toBe(0);
  });

  test('a full disk', async () => {
    await images('a', ...Array.from({ length: 60 }, (_, at) => `${at}.png`));
    const args = ['upload', '--profile', world.profile, '--no-ledger', '--manifest', 'urls.json', 'a'];
    const { code, stderr } = await world.cli(args, { before: 'ulimit -f 20' });
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('no space is left') });
    expect(world.front.seen.length).toBe(0);
    expect(await readdir(world.folder)).not.toContainEqual(expect.stringContaining('.new'));
  });

  test('a read-only file', async ({ skip }) => {
    skip(process.getuid?.() !== 0, 'only root can run a child as somebody else');
    await images('a', '1.png');
    await writeFile(world.at('urls.json'), '[]', { mode: 0o444 });
    for (const name of ['', 'profile']) await chmod(world.at(name), 0o777);
    await chmod(world.profile, 0o644);
    const args = ['upload', '--profile', world.profile, '--dry-run', '--manifest', 'urls.json', 'a'];
    const ended = await world.cli(args, { uid: 65_534 });
    expect(ended).toMatchObject({ code: 3, stderr: expect.stringContaining('permission denied') });
  });
});

test('a ledger that cannot be written is named, with the way out, and not its lock', async () => {
  await images('a', '1.png');
  await writeFile(world.at('file'), 'x');
  const args = ['upload', '--profile', world.profile, '--ledger', 'file/ledger.jsonl', 'a'];
  const { code, stderr } = await world.cli(args);
  expect({ code, stderr }).toEqual({
    code: 3,
    stderr: expect.stringContaining('the ledger file/ledger.jsonl cannot'),
  });
  expect(stderr).toContain('--no-ledger');
  expect(stderr).not.toContain('.lock');
});

test('if the manifest cannot be written in the end, the results are printed all the same', async () => {
  await images('a', '1.png');
  world.front.decide = () => 'hang';
  const args = [
    'upload',
    '--profile',
    world.profile,
    '--manifest',
    'urls.json',
    '--retries',
    '1',
    '--timeout',
    '2',
    'a',
  ];
  const run = world.start(args, { terminal: true });
  await expect.poll(() => world.front.seen.length, { timeout: 20_000 }).toBe(1);
  await mkdir(world.at('urls.json'));
  world.front.decide = () => 'pass';
  const { code, stdout } = await run.ended;
  expect(code).toBe(1);
  expect(stdout).toMatch(/a\/1\.png\s+.*http/s);
  expect(stdout).toContain('the manifest urls.json was not written: it is a folder');
  expect(stdout).toContain('1 uploaded');
  expect(stdout).not.toContain('.new');
});

function upload(...args: string[]) {
  return world.cli(['upload', '--profile', world.profile, '--manifest', 'urls.json', ...args]);
}

function csv(...args: string[]) {
  return world.cli(['upload', '--profile', world.profile, '--manifest', 'urls.csv', ...args]);
}
