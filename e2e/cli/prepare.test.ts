import { mkdir, writeFile } from 'node:fs/promises';
import { beforeEach, expect, test } from 'vitest';
import { badLuck } from '../support/faulty.js';
import { makeFolder, makeImage } from '../support/images.js';
import { jsonLines, useWorlds, type World } from './world.js';

let world: World;
useWorlds((made) => {
  world = made;
});
beforeEach(() => mkdir(world.at('in')));

test('eight formats are prepared and delivered, each once, despite many failures', {
  timeout: 90_000,
}, async () => {
  await makeFolder(world.at('in'), 24);
  world.front.decide = badLuck('eight formats', 0.2);
  const { code, stdout } = await upload('--prepare', '--json', 'in');
  expect(code).toBe(0);
  const rows = jsonLines(stdout);
  expect(rows.length).toBe(24);
  expect(rows.filter(({ image_url }) => typeof image_url === 'string').length).toBe(24);
  expect(rows.find(({ file }) => String(file).endsWith('.webp'))?.changes).toEqual(
    expect.arrayContaining([expect.stringMatching(/^Converted from WebP/)]),
  );
  expect([...world.front.taken.values()].every((count) => count === 1)).toBe(true);
  // The ledger knows the sources: nothing is prepared or sent again.
  const before = world.front.seen.length;
  const again = jsonLines((await upload('--prepare', '--json', 'in')).stdout);
  expect(again.every(({ status }) => status === 'known')).toBe(true);
  expect(world.front.seen.length).toBe(before);
});

test('an image that does not fit its slot is refused with a remedy, --prepare applies it, and says what it changed', async () => {
  await writeFile(world.at('in/logo.png'), await makeImage('png', 1, 512));
  const refused = await upload('--slot', 'icon', 'in');
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('slot icon (1080×1080)') });
  expect(refused.stderr).toContain('Use --prepare');
  const dry = await upload('--slot', 'icon', '--prepare', '--dry-run', 'in');
  expect(dry).toMatchObject({ code: 0, stdout: expect.stringMatching(/would be sent.*\n.*~ Enlarged/) });
  expect(world.front.seen.length).toBe(0);
  const { code, stdout, stderr } = await upload('--slot', 'icon', '--prepare', 'in');
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^in\/logo\.png\thttp/) });
  expect(stderr).toMatch(/~ in\/logo\.png\n +Enlarged 1\.64 times.*; A margin of/);
  const { stdout: shown } = await world.cli(command('--slot', 'icon', '--prepare', '--no-ledger', 'in'), {
    terminal: true,
  });
  expect(shown).toContain('Enlarged 1.64 times');
});

test('enlarging more than twice needs consent', async () => {
  await writeFile(world.at('in/logo.png'), await makeImage('png', 1, 40));
  const args = ['--slot', 'icon', '--prepare', 'in'];
  const refused = await upload(...args, '--json');
  expect({ code: refused.code, rows: jsonLines(refused.stdout) }).toMatchObject({
    code: 1,
    rows: [{ status: 'failed', code: 'ENLARGED', reason: expect.stringContaining('21.0 times, from 40×40') }],
  });
  expect((await upload(...args)).stderr).toContain('--enlarge');
  expect((await upload(...args, '--dry-run')).code).toBe(1);
  expect(await upload(...args, '--enlarge')).toMatchObject({ code: 0 });
});

test('a file that cannot be prepared is reported with its remedy', async () => {
  await writeFile(world.at('in/logo.webp'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  const { code, stderr } = await upload('--prepare', '--lang', 'zh-CN', 'in');
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringContaining('请在能打开它的软件中导出为 PNG'),
  });
});

function upload(...args: string[]) {
  return world.cli(command(...args));
}

function command(...args: string[]): string[] {
  return ['upload', '--profile', world.profile, '--rate', '0', ...args];
}
