import { mkdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Fate } from '../support/faulty.js';
import { makeImage } from '../support/images.js';
import { type CliOptions, createWorld, jsonLines, type World } from './world.js';

/** Clears the screen in two ways, reverses the direction of writing, ends the line in two ways, and continues as this program would. */
const HOSTILE = 'x\x1b[2J\u009b2J\u202e\u2028\n  ✓ forged';
/** The part of it that a header can hold. */
const HOSTILE_HEADER = 'id\u009b2J-1';
const SHOWN = 'x\\e[2J\\x9b2J\\u{202e}\\u{2028}';

const REFUSED: Fate = {
  status: 400,
  headers: { 'request-id': HOSTILE_HEADER, 'content-type': 'application/json' },
  body: JSON.stringify({ code: HOSTILE, message: HOSTILE, detail: { field: HOSTILE, issue: HOSTILE } }),
};

/** This program's own control sequences, and the terminal's line ends. */
const OWN = ['\r\x1b[2K', '\r\n', ...[31, 32, 33, 39, 1, 2, 22].map((code) => `\x1b[${code}m`)];

/** @returns the text, which contains no control sequence */
function harmless(printed: string): string {
  expect(printed.replaceAll(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(printed).not.toMatch(/^\s*✓ forged/m);
  return printed;
}

let world: World;
beforeAll(async () => {
  world = await createWorld(() => REFUSED);
  await mkdir(world.at('images'));
  await writeFile(world.at('images', `${HOSTILE}.png`), await makeImage('png', 1));
});
afterAll(() => world.end());

describe('foreign text neither controls a terminal nor begins a line:', () => {
  /** Runs the command, and checks all of its output. */
  async function shows(args: string[], options?: CliOptions): Promise<string> {
    const { stdout, stderr } = await world.cli(args, options);
    return harmless(stdout + stderr);
  }

  const given = (...args: string[]) => [...args, '--profile', world.profile];

  test('a refusal, and a path', async () => {
    const printed = await shows(given('upload', 'images'));
    expect(printed).toContain(`${SHOWN}\\n  ✓ forged.png`);
    expect(printed).toContain('Request-ID id\\x9b2J-1');
  });

  test('a refusal as JSON, with the values unchanged', async () => {
    const { stdout } = await world.cli(given('upload', 'images', '--json'));
    await shows(given('upload', 'images', '--json'));
    expect(jsonLines(stdout)).toMatchObject([
      { file: `images/${HOSTILE}.png`, code: HOSTILE, request_id: HOSTILE_HEADER },
    ]);
  });

  test('a response to doctor', async () => {
    await shows(given('doctor'));
    await shows(given('doctor', '--json'));
  });

  test('a list', async () => {
    await writeFile(world.at('list'), `${HOSTILE}\0`);
    expect(await shows(given('upload', '--files-from', 'list', '-0'))).toContain(SHOWN);
  });

  test('a profile, its values and its keys', async () => {
    const profile = world.at('hostile.json');
    await writeFile(profile, JSON.stringify({ mchid: HOSTILE, [HOSTILE]: '1' }));
    expect(await shows(['config', 'show', '--profile', profile])).toContain(SHOWN);
    await shows(['config', 'show', '--json', '--profile', profile]);
    await shows(['doctor', '--profile', profile]);
    await shows(['upload', 'images', '--profile', profile]);
    for (const content of [HOSTILE, JSON.stringify({ baseUrl: `http://${HOSTILE}` })]) {
      await writeFile(profile, content);
      await shows(['upload', 'images', '--profile', profile]);
    }
  });

  test('a ledger', async () => {
    await writeFile(
      world.at('ledger'),
      JSON.stringify({ ledger: 'coupon-media upload', version: 1, service: HOSTILE, merchant: HOSTILE }),
    );
    await shows(given('upload', 'images', '--ledger', 'ledger'));
    await shows(given('upload', 'images', '--ledger', `${HOSTILE}/none`, '--manifest', `${HOSTILE}.txt`));
  });

  test('a capture', async () => {
    await writeFile(
      world.at('capture'),
      `POST /x\x1b[2J\u009b2J HTTP/1.1\r\nAuthorization: ${HOSTILE}\r\n\r\n${HOSTILE}`,
    );
    await shows(given('explain', 'capture'));
    await shows(given('explain', 'capture', '--json'));
    await shows(given('verify', 'capture'));
    // The signed string is shown line by line, which is the purpose of the command.
    const [text = ''] = HOSTILE.split('\n');
    await shows(given('sign', 'POST', `/${text}`, '--text', text));
  });

  test('wrong use, if a file is named like an option', async () => {
    expect(await shows(['upload', `--${HOSTILE}`])).toContain('unknown option');
    await shows(['upload', `--${HOSTILE}`, '--lang', 'zh-CN']);
    await shows([HOSTILE]);
    await shows(['upload', 'images', '--profile', HOSTILE]);
  });

  test('a terminal gets colours and the bar, and no other sequence', async () => {
    const { stdout } = await world.cli(given('upload', 'images'), { terminal: true });
    expect(stdout).toContain('\x1b[31m✗\x1b[39m');
    harmless(OWN.reduce((text, sequence) => text.replaceAll(sequence, '\n'), stdout));
  });
});
