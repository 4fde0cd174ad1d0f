import { mkdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Fate } from '../support/faulty.js';
import { makeImage } from '../support/images.js';
import { type CliOptions, createWorld, jsonLines, type World } from './world.js';

/** Clears the screen, in two ways; turns the direction of writing; ends the line, in two ways, and goes on as this program would. */
const HOSTILE = 'x\x1b[2J\u009b2J\u202e\u2028\n  ✓ forged';
/** As a header can have it. */
const HOSTILE_HEADER = 'id\u009b2J-1';
const SHOWN = 'x\\e[2J\\x9b2J\\u{202e}\\u{2028}';

const REFUSED: Fate = {
  status: 400,
  headers: { 'request-id': HOSTILE_HEADER, 'content-type': 'application/json' },
  body: JSON.stringify({ code: HOSTILE, message: HOSTILE, detail: { field: HOSTILE, issue: HOSTILE } }),
};

/** What this program itself tells a terminal, and the terminal's own ends of lines. */
const OWN = ['\r\x1b[2K', '\r\n', ...[31, 32, 33, 39, 1, 2, 22].map((code) => `\x1b[${code}m`)];

/** @returns the text, in which a terminal finds nothing to obey */
function harmless(printed: string): string {
  expect(printed.replaceAll(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(printed).not.toMatch(/^\s*✓ forged/m);
  return printed;
}

let world: World;
beforeAll(async () => {
  world = await createWorld(() => REFUSED);
  await mkdir(world.at('pictures'));
  await writeFile(world.at('pictures', `${HOSTILE}.png`), await makeImage('png', 1));
});
afterAll(() => world.end());

describe('nothing foreign is obeyed by a terminal, or begins a line', () => {
  /** Runs it, and looks at all that it prints. */
  async function shows(args: string[], options?: CliOptions): Promise<string> {
    const { stdout, stderr } = await world.cli(args, options);
    return harmless(stdout + stderr);
  }

  const given = (...args: string[]) => [...args, '--profile', world.profile];

  test('of a refusal, and of a path', async () => {
    const printed = await shows(given('upload', 'pictures'));
    expect(printed).toContain(`${SHOWN}\\n  ✓ forged.png`);
    expect(printed).toContain('Request-ID id\\x9b2J-1');
  });

  test('of a refusal, as JSON: the values are as they came', async () => {
    const { stdout } = await world.cli(given('upload', 'pictures', '--json'));
    await shows(given('upload', 'pictures', '--json'));
    expect(jsonLines(stdout)).toMatchObject([
      { file: `pictures/${HOSTILE}.png`, code: HOSTILE, request_id: HOSTILE_HEADER },
    ]);
  });

  test('of an answer to doctor', async () => {
    await shows(given('doctor'));
    await shows(given('doctor', '--json'));
  });

  test('of a list', async () => {
    await writeFile(world.at('list'), `${HOSTILE}\0`);
    expect(await shows(given('upload', '--files-from', 'list', '-0'))).toContain(SHOWN);
  });

  test('of a profile, its values and its keys', async () => {
    const profile = world.at('hostile.json');
    await writeFile(profile, JSON.stringify({ mchid: HOSTILE, [HOSTILE]: '1' }));
    expect(await shows(['config', 'show', '--profile', profile])).toContain(SHOWN);
    await shows(['config', 'show', '--json', '--profile', profile]);
    await shows(['doctor', '--profile', profile]);
    await shows(['upload', 'pictures', '--profile', profile]);
    for (const content of [HOSTILE, JSON.stringify({ baseUrl: `http://${HOSTILE}` })]) {
      await writeFile(profile, content);
      await shows(['upload', 'pictures', '--profile', profile]);
    }
  });

  test('of a ledger', async () => {
    await writeFile(
      world.at('ledger'),
      JSON.stringify({ ledger: 'coupon-media upload', version: 1, service: HOSTILE, merchant: HOSTILE }),
    );
    await shows(given('upload', 'pictures', '--ledger', 'ledger'));
    await shows(given('upload', 'pictures', '--ledger', `${HOSTILE}/none`, '--manifest', `${HOSTILE}.txt`));
  });

  test('of a capture', async () => {
    await writeFile(
      world.at('capture'),
      `POST /x\x1b[2J\u009b2J HTTP/1.1\r\nAuthorization: ${HOSTILE}\r\n\r\n${HOSTILE}`,
    );
    await shows(given('explain', 'capture'));
    await shows(given('explain', 'capture', '--json'));
    await shows(given('verify', 'capture'));
    // Of what is signed the lines are shown as lines: that is what it is for.
    const [text = ''] = HOSTILE.split('\n');
    await shows(given('sign', 'POST', `/${text}`, '--text', text));
  });

  test('of wrong use, where a file is called like an option', async () => {
    expect(await shows(['upload', `--${HOSTILE}`])).toContain('unknown option');
    await shows(['upload', `--${HOSTILE}`, '--lang', 'zh-CN']);
    await shows([HOSTILE]);
    await shows(['upload', 'pictures', '--profile', HOSTILE]);
  });

  test('on a terminal there are colours and the bar, and no other sequence', async () => {
    const { stdout } = await world.cli(given('upload', 'pictures'), { terminal: true });
    expect(stdout).toContain('\x1b[31m✗\x1b[39m');
    harmless(OWN.reduce((text, sequence) => text.replaceAll(sequence, '\n'), stdout));
  });
});
