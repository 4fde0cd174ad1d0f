import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

/** Bytes of all scripts, gzipped, those that are loaded when they are needed included. */
const MOST = 120 * 1024;

const folder = fileURLToPath(new URL('../static/', import.meta.url));
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
const textOf = (file: string) => readFileSync(`${folder}${file}`, 'utf8');
const scripts = files.filter((file) => file.endsWith('.js'));

test('the scripts of the page take at most 120 KiB, gzipped', () => {
  const sizes = new Map(scripts.map((file) => [file, gzipSync(textOf(file), { level: 9 }).length]));
  const sum = (names: Iterable<string>) => [...names].reduce((all, name) => all + (sizes.get(name) ?? 0), 0);
  const first = firstLoad();
  expect(first.size).toBeGreaterThan(0);
  const later = scripts.filter((file) => !first.has(file));
  const parts = later.map((file) => `${path.basename(file)} ${sizes.get(file)}`).join(', ');
  process.stdout.write(
    `bytes of script, gzipped: ${sum(first)} at first, ${sum(later)} when needed (${parts})\n`,
  );
  expect(later.length).toBeGreaterThan(1);
  expect(sum(scripts)).toBeLessThanOrEqual(MOST);
});

/** The scripts that the page's text names, and those that they import before they run; what is imported by a call comes later. */
function firstLoad(): ReadonlySet<string> {
  const named = Array.from(
    textOf('index.html').matchAll(/<script[^>]*src="\.\/([^"]+)"/g),
    ([, file = '']) => file,
  );
  const found = new Set(named);
  for (const file of found) {
    for (const [, inner = ''] of textOf(file).matchAll(/(?:\bfrom|\bimport)\s*["']\.\/([^"']+\.js)["']/g))
      found.add(path.posix.join(path.posix.dirname(file), inner));
  }
  return found;
}

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
