import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeImage } from '../support/images.js';
import { run } from '../support/run.js';
import { type CliOptions, createWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await writeFile(world.at('1.png'), await makeImage('png', 1));
  await run('mkfifo', [world.at('pipe')]);
  await symlink('pipe', world.at('link.png'));
});
afterAll(() => world.end());

const ZERO = '/dev/zero';

/** Runs the command with a heap too small for gigabytes. @returns its output */
async function output(args: string[], code: number, options: CliOptions = {}): Promise<string> {
  const env = { NODE_OPTIONS: '--max-old-space-size=512' };
  const ended = await world.cli(args, { env, ...options });
  expect(ended).toMatchObject({ code });
  return ended.stdout + ended.stderr;
}

const given = (...args: string[]) => [...args, '--profile', world.profile];
const upload = (...args: string[]) => given('upload', '--no-ledger', ...args);

describe('endless input is reported with its limit:', () => {
  test('a list', async () => {
    expect(await output(given('upload', '--files-from', ZERO), 3)).toContain(`${ZERO} has more than 64 MiB`);
    const after = `--files-from - --profile '${world.profile}' < ${ZERO}`;
    expect(await output(['upload'], 3, { after })).toContain('more than 64 MiB came on standard input');
  });

  test('standard input as an image', async () => {
    const name = ['--filename', 'a.png'];
    expect(await output(given('upload', '-', ...name), 1, { after: `< ${ZERO}` })).toContain('2 MiB');
    expect(await output(given('upload', '-', ...name, '--prepare'), 1, { after: `< ${ZERO}` })).toContain(
      'more than 128 MiB came on standard input',
    );
  });

  test('an image', async () => {
    expect(await output(given('upload', ZERO), 1)).toContain('2 MiB');
    expect(await output(given('upload', ZERO, '--prepare'), 1)).toContain('not a file');
  });

  test('a profile, a key', async () => {
    expect(await output(['upload', '1.png', '--profile', ZERO], 3)).toContain('has more than 1 MiB');
    expect(await output(given('explain', '--url', '/', '--private-key', ZERO), 1)).toContain(
      'more than 1 MiB',
    );
  });

  test('a ledger', async () => {
    await writeFile(world.at('ledger'), '{"ledger":');
    await truncate(world.at('ledger'), 2 ** 40);
    expect(await output(given('upload', '1.png', '--ledger', 'ledger'), 3)).toContain(
      'has more than 256 MiB',
    );
    expect(await output(given('upload', '1.png', '--dry-run', '--ledger', ZERO), 3)).toContain(
      'is not a ledger',
    );
  });

  test('a capture, a body', async () => {
    expect(await output(given('explain', ZERO), 3)).toContain('has more than 16 MiB');
    await writeFile(world.at('response.txt'), 'HTTP/1.1 200 OK\r\nRequest-ID: 1\r\n\r\n');
    expect(await output(given('verify', 'response.txt', '--body', ZERO), 3)).toContain('more than 16 MiB');
    expect(await output(given('explain', '-'), 3, { after: `< ${ZERO}` })).toContain('more than 16 MiB');
  });
});

describe('a pipe, or a link to one,', () => {
  test('is reported if nobody writes to it', async () => {
    const waited = await Promise.all([
      output(upload('--files-from', 'pipe'), 3),
      output(['upload', '1.png', '--profile', world.at('pipe')], 3),
      output(given('explain', 'link.png'), 3),
      output(upload('link.png'), 1),
      output(upload('link.png', '--prepare'), 1),
      output(given('upload', '1.png', '--ledger', 'pipe'), 3),
    ]);
    for (const text of waited.slice(0, 4)) expect(text).toMatch(/no data came( from \S+)? for 5 s/);
    expect(waited[4]).toContain('not a file');
    expect(waited[5]).toContain('is not a ledger');
  });

  test('is read if somebody writes to it', async () => {
    const before = `(sleep 1; echo 1.png) > pipe & :`;
    expect(await output(upload('--files-from', 'pipe', '--json'), 0, { before })).toContain('image_url');
    const image = 'cat 1.png > pipe & :';
    await mkdir(world.at('pipes'));
    await symlink('../pipe', world.at('pipes', 'fresh.png'));
    expect(await output(upload('pipes', '--json'), 0, { before: image })).toContain('fresh.png');
  });
});
