import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { sha256, wholePng } from '../support/exchange.js';
import { jsonLines, ledgerRows, useWorlds, type World } from './world.js';

// This takes 24 s, for sixty commands and ten thousand files.

let world: World;
useWorlds((made) => {
  world = made;
});

/** @returns an image that differs for each number */
const image = wholePng;

async function images(folder: string, count: number): Promise<void> {
  await mkdir(world.at(folder), { recursive: true });
  for (let n = 1; n <= count; n += 1) await writeFile(world.at(folder, `${n}.png`), image(n));
}

describe('the files of a command', () => {
  test('folders with their subfolders, in numeric order, without hidden files and files that are not images', async () => {
    await images('in/deep', 11);
    await writeFile(world.at('in/.hidden.png'), 'x');
    await writeFile(world.at('in/._1.png'), 'x');
    await writeFile(world.at('in/notes.txt'), 'x');
    const { code, stdout } = await upload('--concurrency', '1', 'in');
    expect(code).toBe(0);
    expect(stdout.split('\n').map((line) => path.basename(line.split('\t')[0] ?? ''))).toEqual([
      ...Array.from({ length: 11 }, (_, at) => `${at + 1}.png`),
      '',
    ]);
  });

  test('a glob that no shell has expanded, and a file named like a glob', async () => {
    await images('in', 3);
    await writeFile(world.at('in/[1].png'), image(9));
    expect(names(await upload('--json', 'in/*.png'))).toEqual([
      'in/1.png',
      'in/2.png',
      'in/3.png',
      'in/[1].png',
    ]);
    expect(names(await upload('--json', 'in/[1].png'))).toEqual(['in/[1].png']);
  });

  test('standard input, with a name', async () => {
    const args = ['upload', '--profile', world.profile, '--json', '--filename', 'logo.png', '-'];
    const [row] = jsonLines((await world.cli(args, { input: image(1) })).stdout);
    expect(row).toMatchObject({
      file: '-',
      status: 'uploaded',
      filename: 'logo.png',
      sha256: sha256(image(1)),
    });
    expect(await upload('-')).toMatchObject({ code: 2, stderr: expect.stringContaining('--filename') });
  });

  test('a list of files, each ended by NUL, with line feeds in names', async () => {
    await images('in', 2);
    await writeFile(world.at('in/two\nlines\t.png'), image(7));
    const list = ['in/1.png', 'in/two\nlines\t.png'].join('\0');
    const args = ['upload', '--profile', world.profile, '--files-from', '-', '-0'];
    const plain = await world.cli(args, { input: list });
    // Output escapes control characters; the name in meta contains none.
    expect(plain).toMatchObject({ code: 0, stdout: expect.stringContaining('in/two\\nlines\\t.png\thttp') });
    expect(world.front.seen.map(({ filename }) => filename).sort()).toEqual(['1.png', 'two_lines_.png']);
    const [, row] = jsonLines((await world.cli([...args, '--json'], { input: list })).stdout);
    expect(row?.file).toBe('in/two\nlines\t.png');
  });

  test('a name without a suffix, or with a wrong one, is sent with the right one', async () => {
    await writeFile(world.at('logo'), image(1));
    await writeFile(world.at('图😀.JPG'), image(2));
    const rows = jsonLines((await upload('--json', '--concurrency', '1', 'logo', '图😀.JPG')).stdout);
    expect(rows.map(({ filename }) => filename)).toEqual(['logo.png', '图_.png']);
    expect(rows[0]?.changes).toEqual(['sent under the name logo.png']);
  });
});

describe('nothing is sent twice', () => {
  test('a file named twice counts once, and equal bytes are sent once', async () => {
    await images('in', 2);
    await writeFile(world.at('in/copy.png'), image(1));
    const { code, stdout } = await upload('--json', 'in', 'in/1.png', path.join(world.folder, 'in', '2.png'));
    expect(code).toBe(0);
    expect(
      jsonLines(stdout)
        .map(({ status }) => status)
        .sort(),
    ).toEqual(['same', 'uploaded', 'uploaded']);
    expect([...world.front.taken.values()]).toEqual([1, 1]);
  });

  test('a second run sends only new files, and --no-ledger sends everything', async () => {
    await images('in', 3);
    await upload('in');
    await images('in', 5);
    const rows = jsonLines((await upload('--json', 'in')).stdout);
    expect(rows.filter(({ status }) => status === 'known').length).toBe(3);
    expect(rows.every(({ image_url }) => typeof image_url === 'string')).toBe(true);
    expect(world.front.seen.length).toBe(5);
    await upload('--no-ledger', 'in');
    expect(world.front.seen.length).toBe(10);
  });

  test('the ledger has a title and a line for each upload, and lies beside the profile of a local service', async () => {
    await images('in', 1);
    await upload('in');
    const [title, row] = jsonLines(await readFile(world.ledger, 'utf8'));
    expect(title).toEqual({
      ledger: 'coupon-media upload',
      version: 1,
      service: world.front.url,
      merchant: world.sandbox.credentials.mchid,
    });
    expect(row).toMatchObject({ sha256: sha256(image(1)), filename: '1.png', bytes: image(1).length });
  });

  test('an incomplete last line is dropped, and its image sent again', async () => {
    await images('in', 2);
    await upload('in');
    const text = await readFile(world.ledger, 'utf8');
    await writeFile(world.ledger, text.slice(0, -20));
    expect(await upload('in')).toMatchObject({ code: 0 });
    expect(world.front.seen.length).toBe(3);
    expect((await ledgerRows(world.ledger)).length).toBe(2);
  });

  test("another merchant's ledger, and a file that is not a ledger, stay unchanged", async () => {
    await images('in', 1);
    await upload('in');
    const another = ['--ledger', world.ledger, '--mchid', '1900000002'];
    expect(await upload(...another, 'in')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('1900000001 @'),
    });
    const notOne = await upload('--ledger', 'in/1.png', 'in');
    expect(notOne).toMatchObject({ code: 3, stderr: expect.stringContaining('is not a ledger') });
    expect(await readFile(world.at('in/1.png'))).toEqual(image(1));
  });

  test('of two runs at once the second waits, and says so', async () => {
    await images('in', 1);
    world.front.decide = () => 'hang';
    const first = world.start([
      'upload',
      '--profile',
      world.profile,
      '--retries',
      '0',
      '--timeout',
      '4',
      'in',
    ]);
    await expect.poll(() => world.front.seen.length, { timeout: 20_000 }).toBe(1);
    expect(await upload('in')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(`process ${first.child.pid}`),
    });
    expect(await first.ended).toMatchObject({ code: 1 });
  });
});

describe('results', () => {
  test('a manifest as CSV with the byte order mark that Excel needs, and as JSON', async () => {
    await mkdir(world.at('in'));
    await writeFile(world.at('in/夏, "新".png'), image(1));
    await writeFile(world.at('in/broken.png'), 'no image');
    expect(await upload('--manifest', 'out.csv', 'in')).toMatchObject({ code: 1 });
    const csv = await readFile(world.at('out.csv'), 'utf8');
    expect(csv.slice(0, 17)).toBe('\ufefffile,status,slot');
    expect(csv).toMatch(/\r\n"in\/夏, ""新""\.png",uploaded,.*,http:\/\/127\.0\.0\.1\S*\r\n/);
    expect(csv).toMatch(/\r\nin\/broken\.png,failed,.*IMAGE_INVALID,/);
    await upload('--manifest', 'out.json', 'in');
    expect(JSON.parse(await readFile(world.at('out.json'), 'utf8'))).toMatchObject([
      { file: 'in/broken.png', status: 'failed', code: 'IMAGE_INVALID' },
      { file: 'in/夏, "新".png', status: 'known' },
    ]);
  });

  test('a manifest that cannot be written is reported before anything is sent', async () => {
    await images('in', 1);
    expect(await upload('--manifest', 'out.xls', 'in')).toMatchObject({ code: 2 });
    expect(await upload('--manifest', 'nowhere/out.csv', 'in')).toMatchObject({ code: 3 });
    expect(world.front.seen.length).toBe(0);
  });

  test('a dry run lists what would be sent and refused, and sends nothing', async () => {
    await images('in', 2);
    await upload('in/1.png');
    await writeFile(world.at('in/3.png'), 'no image');
    const { code, stdout } = await upload('--dry-run', '--json', 'in');
    expect(code).toBe(1);
    expect(
      jsonLines(stdout)
        .map(({ status }) => status)
        .sort(),
    ).toEqual(['failed', 'known', 'ready']);
    expect(world.front.seen.length).toBe(1);
  });

  test('Chinese by locale or by --lang', async () => {
    const args = ['upload', '--profile', world.profile, 'nothing.png'];
    const byLocale = await world.cli(args, { env: { LC_ALL: 'zh_CN.UTF-8' } });
    expect(byLocale.stderr).toContain('没有这个文件或文件夹');
    expect((await world.cli([...args, '--lang', 'zh-CN'])).stderr).toContain('失败 1 张');
    expect((await world.cli([...args, '--lang', 'en'], { env: { LC_ALL: 'zh_CN' } })).stderr).toContain(
      '1 failed',
    );
  });
});

describe('files that cannot be read', () => {
  test('nothing named: wrong use', async () => {
    expect(await upload()).toMatchObject({ code: 2, stderr: expect.stringContaining('name a file') });
  });

  test('no such file, a folder without images, a glob without a match: each fails, and the other files are uploaded', async () => {
    await images('in', 1);
    await mkdir(world.at('empty'));
    await writeFile(world.at('empty/notes.txt'), '');
    const { code, stdout, stderr } = await upload('nothing.png', 'empty', '*.jpg', 'in');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^in\/1\.png\thttp:\S+\n$/);
    expect(stderr).toContain('there is no such file');
    expect(stderr).toContain('the folder has no images');
    expect(stderr).toContain('left out: 1 *.txt (not images)');
    expect(stderr).toContain('no image matches');
  });

  test('a file without read permission, and dangling links', async ({ skip }) => {
    skip(process.getuid?.() !== 0, 'only root can run a child as somebody else');
    await images('in', 1);
    await writeFile(world.at('in/secret.png'), image(2), { mode: 0o000 });
    await symlink('nowhere', world.at('in/link.png'));
    for (const name of ['', 'in', 'profile']) await chmod(world.at(name), 0o777);
    for (const key of ['privateKeyPath', 'certificatePath', 'wechatPayPublicKeyPath'] as const) {
      await chmod(path.dirname(world.sandbox.credentials[key]), 0o755);
      await chmod(world.sandbox.credentials[key], 0o644);
    }
    await chmod(world.sandbox.folder, 0o755);
    await chmod(world.profile, 0o644);
    const { code, stdout, stderr } = await world.cli(['upload', '--profile', world.profile, 'in'], {
      uid: 65_534,
    });
    expect(stderr).toContain('permission denied');
    expect(stderr).toContain('there is no such file');
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringMatching(/^in\/1\.png\thttp:\S+\n$/) });
  });

  test('a file that changes during the read', async ({ skip }) => {
    skip(process.platform !== 'linux', 'only Linux has files that are longer than they say');
    const { code, stderr } = await upload('/proc/version');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('changed while it was read'),
    });
    expect(world.front.seen.length).toBe(0);
  });

  test('ten thousand files', { timeout: 120_000 }, async () => {
    await mkdir(world.at('in'));
    for (let n = 0; n < 10_000; n += 1) await writeFile(world.at('in', `${n}.png`), image(n % 100));
    const args = ['--rate', '0', '--concurrency', '16', '--manifest', 'out.json', '--quiet', 'in'];
    expect(await upload(...args)).toMatchObject({ code: 0, stderr: '' });
    const rows = JSON.parse(await readFile(world.at('out.json'), 'utf8')) as {
      status: string;
      image_url: string;
    }[];
    expect(rows.length).toBe(10_000);
    expect(rows.filter(({ status }) => status === 'uploaded').length).toBe(100);
    expect(rows.every(({ image_url }) => image_url.startsWith('http'))).toBe(true);
    expect(world.front.seen.length).toBe(100);
  });
});

function upload(...args: string[]) {
  return world.cli(['upload', '--profile', world.profile, ...args]);
}

function names({ stdout }: { stdout: string }): unknown[] {
  return jsonLines(stdout)
    .map(({ file }) => file)
    .sort();
}
