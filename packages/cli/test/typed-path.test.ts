import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { decodeText } from '../dist/files/text.js';
import { typedPath } from '../dist/files/typed-path.js';

const folder = mkdtempSync(path.join(tmpdir(), 'typed-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ['key.pem', 'key.pem'],
  ['~/key.pem', path.join(homedir(), 'key.pem')],
  ['~', homedir()],
  ['~else/key.pem', '~else/key.pem'],
  ['my\\ keys/key.pem', 'my keys/key.pem'],
  ['my keys/key.pem', 'my keys/key.pem'],
  ["'/a b/key.pem'", '/a b/key.pem'],
  ['"/a b/\\"key\\".pem"', '/a b/"key".pem'],
  ["'/it'\\''s/key.pem'", "/it's/key.pem"],
  ["/it's/key.pem", "/it's/key.pem"],
  ['$KEYS/key.pem', '/keys of mine/key.pem'],
  ["'$KEYS/key.pem'", '$KEYS/key.pem'],
  ['$NONE/key.pem', '$NONE/key.pem'],
  ['file:///a%20b/key.pem', '/a b/key.pem'],
  ['C:\\Users\\me\\key.pem', 'C:\\Users\\me\\key.pem'],
  ['"C:\\My Keys\\key.pem"', 'C:\\My Keys\\key.pem'],
  ["& 'C:\\My Keys\\key.pem'", 'C:\\My Keys\\key.pem'],
  ['"\\\\nas\\keys\\key.pem"', '\\\\nas\\keys\\key.pem'],
])('the typed path %s is %s', (text, wanted) => {
  expect(typedPath(text, { KEYS: '/keys of mine' })).toBe(wanted);
});

test('a file with exactly the typed name is taken as it is', () => {
  const odd = path.join(folder, "it\\ has '$KEYS'.pem");
  writeFileSync(odd, 'x');
  expect(typedPath(odd, { KEYS: 'x' })).toBe(odd);
});

test.each([
  ['UTF-8', Buffer.from('图/a.jpg')],
  ['UTF-8 with a byte order mark', Buffer.from('\ufeff图/a.jpg')],
  ['UTF-16 with a byte order mark', Buffer.from('\ufeff图/a.jpg', 'utf16le')],
  ['UTF-16, big end first', Buffer.from('\ufeff图/a.jpg', 'utf16le').swap16()],
])('a text file in %s is read', (_, bytes) => {
  expect(decodeText(bytes)).toBe('图/a.jpg');
});

test('a text file in UTF-16 without a byte order mark is read, and one in GBK is not guessed', () => {
  expect(decodeText(Buffer.from('a/b.jpg', 'utf16le'))).toBe('a/b.jpg');
  expect(decodeText(Buffer.from([0xcd, 0xbc, 0x2f, 0xd0, 0xc2, 0xcf]))).toBeUndefined();
});
