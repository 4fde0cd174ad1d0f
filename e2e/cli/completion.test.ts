import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { couponMedia, run } from '../support/run.js';
import { temporaryFolder } from '../support/sandbox.js';

/** Names that a shell would split, expand or run. */
const NAMES = ['my image.png', 'st*r [1].png', "it's.png", 'r$HOME.png', 'q`id`.png', 'u;id.png'];

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  for (const name of NAMES) await writeFile(path.join(folder, name), '');
  for (const shell of ['bash', 'zsh'])
    await writeFile(
      path.join(folder, `completion.${shell}`),
      (await couponMedia('completion', shell)).stdout,
    );
});

/**
 * Types a line into a shell on a pseudo-terminal.
 *
 * @param typed with `\t` where the tabulator is pressed
 * @returns the arguments that the command received
 */
async function wordsOf(shell: string, setup: string, typed: string): Promise<string[]> {
  const child = spawn('script', ['-qec', shell, '/dev/null'], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, TERM: 'dumb', LANG: 'C.UTF-8' },
  });
  let output = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  const command = `coupon-media() { printf 'got'; printf '<%s>' "$@"; printf ' all of it\\n'; }`;
  child.stdin.write(`${setup}\n${command}\n`);
  // Characters are typed with pauses: a shell that is not ready yet would read the tabulator as text.
  child.stdin.write(`echo rea""dy\n`);
  await expect.poll(() => output).toContain('ready');
  child.stdin.write(`coupon-media ${typed}\n`);
  await expect.poll(() => output).toContain(' all of it\r\n');
  child.stdin.end('exit\n');
  const got = /got(<.*>) all of it\r\n/.exec(output)?.[1] ?? '';
  return got.slice(1, -1).split('><');
}

describe('in bash', () => {
  /** @returns the completions of a line, once the script is sourced */
  async function offers(line: string): Promise<string[]> {
    const words = line.split(' ');
    const script = `source '${folder}/completion.bash'
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
_coupon_media; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = await run('bash', ['-c', script]);
    expect(stderr).toBe('');
    return stdout.split('\n').filter((word) => word !== '');
  }

  test('commands, subcommands, options and their values are completed', async () => {
    expect(await offers('coupon-media up')).toEqual(['upload']);
    expect(await offers('coupon-media merchant a')).toContain('add');
    expect(await offers('coupon-media config ')).toEqual(expect.arrayContaining(['init', 'show']));
    expect(await offers('coupon-media upload --pre')).toEqual(['--prepare']);
    expect(await offers('coupon-media upload --slot ')).toEqual(['icon', 'background', 'detail']);
    expect(await offers('coupon-media --lang ')).toEqual(['zh-CN', 'en']);
    expect(await offers('coupon-media upload --lang z')).toEqual(['zh-CN']);
    expect(await offers('coupon-media upload --nonsense *')).toEqual([]);
  });

  test.each(NAMES)('the file %j arrives as one word', async (name) => {
    const setup = 'source completion.bash; bind "set enable-bracketed-paste off"';
    const typed = `upload ${name.slice(0, 1)}\t --manifest ${name.slice(0, 1)}\t`;
    expect(await wordsOf('bash --norc -i', setup, typed)).toEqual(['upload', name, '--manifest', name]);
  });

  test('no file is offered where none is expected', async () => {
    const setup = 'source completion.bash; bind "set enable-bracketed-paste off"';
    expect(await wordsOf('bash --norc -i', setup, 'upload --mchid m\t')).toEqual(['upload', '--mchid', 'm']);
  });
});

describe('in zsh', async () => {
  // Installs zsh if the user may do so.
  process.stderr.write((await run(process.execPath, ['tools/engines/packages.mjs', 'zsh'])).stderr);
  const { code } = await run('sh', ['-c', 'command -v zsh']);
  const title = code === 0 ? '' : ' (not tried: zsh is not installed)';

  test(`the script is one that zsh reads${title}`, async ({ skip }) => {
    skip(code !== 0, 'zsh is not installed');
    expect(await run('zsh', ['-n', path.join(folder, 'completion.zsh')])).toMatchObject({
      code: 0,
      stderr: '',
    });
  });

  test.each(NAMES)(`the file %j arrives as one word${title}`, async (name) => {
    if (code !== 0) return;
    const setup = 'autoload -U compinit; compinit -u; source completion.zsh';
    const typed = `upload ${name.slice(0, 1)}\t`;
    expect(await wordsOf('zsh -f -i', setup, typed)).toEqual(['upload', name]);
  });
});
