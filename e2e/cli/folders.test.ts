import { mkdir, rename, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { wholePng } from '../support/exchange.js';
import { makeImage } from '../support/images.js';
import { jsonLines, useWorlds, type World } from './world.js';

let world: World;
useWorlds((made) => {
  world = made;
});

/** @returns an image that differs for each number */
const image = wholePng;

async function files(contents: Record<string, string | Buffer>): Promise<void> {
  for (const [name, content] of Object.entries(contents)) {
    await mkdir(world.at(name, '..'), { recursive: true });
    await writeFile(world.at(name), content);
  }
}

describe('an image in a folder is recognised by its bytes', () => {
  test('whatever its suffix, and its name in meta gets the right one', async () => {
    const jpg = await makeImage('jpg', 1);
    await files({
      'in/a.jfif': jpg,
      'in/b.jpe': await makeImage('jpg', 2),
      'in/c': image(3),
      'in/d.txt': image(4),
      'in/e.jpg': image(5),
      'in/f.jpg': await makeImage('jpg', 6),
    });
    const { code, stdout } = await upload('--json', 'in');
    expect(code).toBe(0);
    const names = Object.fromEntries(jsonLines(stdout).map(({ file, filename }) => [file, filename]));
    expect(names).toEqual({
      'in/a.jfif': 'a.jpg',
      'in/b.jpe': 'b.jpg',
      'in/c': 'c.png',
      'in/d.txt': 'd.png',
      'in/e.jpg': 'e.png',
      'in/f.jpg': 'f.jpg',
    });
  });

  test('and one that only --prepare can send has a row that says so', async () => {
    await files({
      'in/a.png': await makeImage('png', 1),
      'in/b.webp': await makeImage('webp', 2),
      'in/c.jpg': await makeImage('gif', 3),
      'in/d': await makeImage('avif', 4),
    });
    const { code, stdout, stderr } = await upload('--json', 'in');
    expect(code).toBe(1);
    expect(
      Object.fromEntries(jsonLines(stdout).map(({ file, status, code }) => [file, [status, code]])),
    ).toEqual({
      'in/a.png': ['uploaded', undefined],
      'in/b.webp': ['needs-prepare', 'NEEDS_PREPARE'],
      'in/c.jpg': ['needs-prepare', 'NEEDS_PREPARE'],
      'in/d': ['needs-prepare', 'NEEDS_PREPARE'],
    });
    expect(stderr).toContain('3 need --prepare');
    expect(world.front.seen.length).toBe(1);
    expect(await upload('--prepare', 'in')).toMatchObject({ code: 0 });
    expect(world.front.seen.length).toBe(4);
  });
});

describe('what is left out is told', () => {
  const content = {
    'in/a.png': image(1),
    'in/notes.txt': 'x',
    'in/more.TXT': 'x',
    'in/README': 'x',
    'in/Thumbs.db': 'x',
    'in/deep/._a.png': image(2),
    'in/deep/.hidden.png': image(3),
    'in/deep/unfinished.jpg.crdownload': image(4),
    'in/@eaDir/a.png/SYNOPHOTO_THUMB_M.jpg': image(5),
    'in/#recycle/deleted.png': image(6),
    'in/$RECYCLE.BIN/deleted.png': image(7),
    'in/.Trash-1000/files/deleted.png': image(8),
    'in/.thumbnails/1.png': image(9),
    'in/deep/@eaDir/b.jpg': image(10),
  };

  test('on standard error, without a terminal, by suffix', async () => {
    await files(content);
    const { code, stdout, stderr } = await upload('in');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^in\/a\.png\thttp:\S+\n$/) });
    expect(stderr).toContain('left out: 2 *.txt, 1 without a suffix (not images)');
    expect(stderr).toMatch(/left out: .*2 @eaDir.*\(left by a system/);
    for (const name of ['#recycle', '$RECYCLE.BIN', '.Trash-*', '.thumbnails', 'Thumbs.db', '._*', '*.part'])
      expect(stderr).toContain(`1 ${name}`);
    expect(stderr).toContain('left out: 1 .* (hidden)');
    expect(world.front.seen.length).toBe(1);
  });

  test('as rows of JSON and of a manifest', async () => {
    await files(content);
    const rows = jsonLines((await upload('--json', 'in')).stdout);
    expect(rows.filter(({ status }) => status === 'uploaded').map(({ file }) => file)).toEqual(['in/a.png']);
    expect(rows).toContainEqual(
      expect.objectContaining({ file: 'in/**/*.txt', status: 'left-out', files: 2, reason: 'not images' }),
    );
    expect(rows).toContainEqual(
      expect.objectContaining({ file: 'in/**/@eaDir', status: 'left-out', files: 2 }),
    );
  });

  test('if a shell or a list has named the files', async () => {
    await files(content);
    const { stderr } = await upload(
      'in/a.png',
      'in/@eaDir',
      'in/Thumbs.db',
      'in/@eaDir/a.png/SYNOPHOTO_THUMB_M.jpg',
    );
    expect(stderr).toMatch(/left out: 2 @eaDir, 1 Thumbs\.db/);
    expect((await upload('in/**/*.jpg')).stderr).toMatch(/left out: 2 @eaDir/);
    expect(world.front.seen.length).toBe(1);
    // Nothing else is named, so it is meant.
    expect(await upload('in/#recycle')).toMatchObject({ code: 0 });
    expect(world.front.seen.length).toBe(2);
  });

  test('a path that does not exist is a row of JSON, too', async () => {
    await files({ 'in/a.png': image(1) });
    const rows = jsonLines((await upload('--json', 'in', 'missing.png')).stdout);
    expect(rows).toMatchObject([{ status: 'uploaded' }, { file: 'missing.png', status: 'failed' }]);
  });
});

describe('a list of files', () => {
  const name = '图/新 品.png';
  test.each([
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${name}\r\n`)],
    ['UTF-16, as PowerShell writes it', Buffer.from(`\ufeff${name}\r\n`, 'utf16le')],
    ['UTF-16, big end first', Buffer.from(`\ufeff${name}\r\n`, 'utf16le').swap16()],
    ['GBK', Buffer.concat([Buffer.from('cdbc2fd0c220c6b7', 'hex'), Buffer.from('.png\r\n')])],
    ['quotes, as Windows copies a path', Buffer.from(`"${name}"\r\n`)],
  ])('in %s', async (_, list) => {
    await files({ [name]: image(1) });
    await writeFile(world.at('list.txt'), list);
    expect(await upload('--files-from', 'list.txt')).toMatchObject({ code: 0 });
    expect(world.front.seen.map(({ filename }) => filename)).toEqual(['新 品.png']);
  });

  test('in an encoding that is not known is reported in one sentence', async () => {
    await writeFile(world.at('list.txt'), Buffer.from('caf\xe9.png\n', 'latin1'));
    const { code, stderr } = await upload('--files-from', 'list.txt');
    expect({ code, lines: stderr.trim().split('\n') }).toEqual({
      code: 2,
      lines: [expect.stringContaining('save it as UTF-8')],
    });
  });
});

describe('a name that is not UTF-8, as of a Windows archive', () => {
  const gbk = Buffer.from('cfc4ccec2e706e67', 'hex'); // 夏天.png

  async function withName(folder: string, content = image(1)): Promise<void> {
    await files({ [`${folder}/plain`]: content });
    await rename(world.at(folder, 'plain'), Buffer.concat([Buffer.from(`${world.at(folder)}/`), gbk]));
  }

  test('is uploaded from a folder under the name that it had on Windows', async () => {
    await withName('in');
    const { code, stdout } = await upload('in');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('in/\\xcf\\xc4\\xcc\\xec.png\thttp'),
    });
    expect(world.front.seen.map(({ filename }) => filename)).toEqual(['夏天.png']);
  });

  test('is found by a shell, by a glob and by a list of find', async () => {
    await withName('in');
    const lossy = `in/${gbk.toString()}`;
    expect(await upload('--no-ledger', lossy)).toMatchObject({ code: 0 });
    expect(await upload('--no-ledger', 'in/*.png')).toMatchObject({ code: 0 });
    await writeFile(world.at('list'), Buffer.concat([Buffer.from('in/'), gbk, Buffer.from('\0')]));
    expect(await upload('--no-ledger', '--files-from', 'list', '-0')).toMatchObject({ code: 0 });
    expect(world.front.seen.map(({ filename }) => filename)).toEqual(['夏天.png', '夏天.png', '夏天.png']);
  });

  test('is prepared', async () => {
    await withName('in', await makeImage('webp', 1));
    expect(await upload('--prepare', 'in')).toMatchObject({ code: 0 });
    expect(world.front.seen.map(({ filename }) => filename)).toEqual(['夏天.jpg']);
  });

  test('is reported with a way out, if no file has it', async () => {
    const { code, stderr } = await upload('in/\ufffd\ufffd.png');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('convmv') });
  });
});

describe('an image that people may not see', () => {
  test('is not sent without consent', async () => {
    const whole = await makeImage('jpg', 1);
    await files({ 'in/cut.jpg': whole.subarray(0, whole.length / 2), 'in/whole.jpg': whole });
    const { code, stdout } = await upload('--json', 'in');
    expect({ code, rows: jsonLines(stdout) }).toMatchObject({
      code: 1,
      rows: [
        {
          file: 'in/cut.jpg',
          status: 'failed',
          code: 'DOUBTFUL',
          reason: expect.stringContaining('incomplete'),
        },
        { file: 'in/whole.jpg', status: 'uploaded' },
      ],
    });
    expect((await upload('--dry-run', 'in')).stdout).toContain('--send-doubtful');
    const agreed = await upload('--send-doubtful', 'in');
    expect(agreed).toMatchObject({ code: 0, stderr: expect.stringContaining('in/cut.jpg') });
    expect(agreed.stderr).toContain('the image is incomplete');
    expect(world.front.seen.length).toBe(2);
  });

  test('is sent after preparation as what can be decoded of it, or is reported', async () => {
    const whole = await makeImage('jpg', 1);
    await files({ 'in/cut.jpg': whole.subarray(0, whole.length / 2) });
    expect(await upload('--prepare', 'in')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('DAMAGED'),
    });
  });
});

function upload(...args: string[]) {
  return world.cli(['upload', '--profile', world.profile, '--concurrency', '1', ...args]);
}
