import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { quarters } from './images.js';

const run = promisify(execFile);
const index = new URL('../dist/index.js', import.meta.url).href;

/** Runs a program in its own process and returns its output. It must end by itself. */
async function program(body: string, env = process.env, prepare = index): Promise<string> {
  const source = (await quarters(40, 30).webp().toBuffer()).toString('base64');
  const script = `
    const { prepareImage } = await import(${JSON.stringify(prepare)});
    const source = Buffer.from('${source}', 'base64');
    ${body}`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { env });
  return stdout.trim();
}

test('a program that has prepared an image ends, with the decoding process still waiting for more', async () => {
  expect(await program(`console.log((await prepareImage(source)).kind)`)).toBe('jpg');
});

test('a program waits for an image that is being prepared', async () => {
  expect(await program(`prepareImage(source).then(({ width }) => console.log(width))`)).toBe('40');
});

test('what NODE_OPTIONS says to a program is not said to the decoding process', async () => {
  const env = { ...process.env, NODE_OPTIONS: '--trace-uncaught' };
  expect(await program(`console.log((await prepareImage(source)).kind)`, env)).toBe('jpg');
});

test('where sharp was not installed, it says so and what to do', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'prepare-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const packages = fileURLToPath(new URL('../..', import.meta.url));
  cpSync(path.join(packages, 'prepare/dist'), path.join(folder, 'dist'), { recursive: true });
  cpSync(path.join(packages, 'prepare/package.json'), path.join(folder, 'package.json'));
  mkdirSync(path.join(folder, 'node_modules/@coupon-media'), { recursive: true });
  symlinkSync(path.join(packages, 'apiv3'), path.join(folder, 'node_modules/@coupon-media/apiv3'), 'dir');

  const body = `await prepareImage(source).catch((error) => console.log(error.code, error.message))`;
  const copy = pathToFileURL(path.join(folder, 'dist/index.js')).href;
  expect(await program(body, process.env, copy)).toMatch(/^DECODER_UNAVAILABLE .*sharp cannot be loaded/);
});
