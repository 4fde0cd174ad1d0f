import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

/** Bytes of all scripts, gzipped, before anything that is loaded when it is needed. */
const MOST = 120 * 1024;

const folder = fileURLToPath(new URL('../static/', import.meta.url));
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
const textOf = (file: string) => readFileSync(`${folder}${file}`, 'utf8');
const scripts = files.filter((file) => file.endsWith('.js'));

test('the scripts of the page take at most 120 KiB, gzipped', () => {
  const sizes = scripts.map((file) => gzipSync(textOf(file), { level: 9 }).length);
  expect(scripts.length).toBeGreaterThan(1);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(MOST);
});

test('nothing of Node is left in them', () => {
  for (const file of scripts)
    expect(textOf(file)).not.toMatch(/\bBuffer\b|\bprocess\.|["']node:|\brequire\(/);
});

test('nothing is loaded from elsewhere, and no address begins at the root: a prefix may stand in front', () => {
  const html = textOf('index.html');
  const addresses = Array.from(html.matchAll(/(?:href|src)="([^"]*)"/g), ([, address]) => address);
  expect(addresses.length).toBeGreaterThan(1);
  for (const address of addresses) expect(address).toMatch(/^\.\/assets\//);
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|\bstyle=|\bon\w+=/);
  const elsewhere = scripts.flatMap((file) => textOf(file).match(/https?:\/\/[^"'`\s]+/g) ?? []);
  expect(elsewhere.filter((address) => !address.startsWith('http://www.w3.org/'))).toEqual([]);
});
