import fc from 'fast-check';
import { expect, test } from 'vitest';
import { differences, type Piece } from '../page/inspector/difference.js';
import { hexLines } from '../page/inspector/hex.js';
import { regionsOf } from '../page/inspector/regions.js';

const joined = (pieces: readonly Piece[]) => pieces.map(({ text }) => text).join('');
const same = (pieces: readonly Piece[]) => joined(pieces.filter(({ isSame }) => isSame));

test('pieces are the texts, and what is the same is the same in both', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (one, other) => {
      const [a, b] = differences(one, other);
      expect([joined(a), joined(b)]).toEqual([one, other]);
      expect(same(a)).toBe(same(b));
    }),
  );
});

test('only what differs differs, and no character is torn', () => {
  const [expected, signed] = differences('{"a":1,"b":"🙂"}', '{"a": 1,"b": "🙃"}');
  const different = (pieces: readonly Piece[]) =>
    pieces.filter(({ isSame }) => !isSame).map(({ text }) => text);
  expect(different(expected)).toEqual(['🙂']);
  expect(different(signed)).toEqual([' ', ' ', '🙃']);
});

test('texts that are too long for that differ in their middles', () => {
  const [a] = differences(`{${'x'.repeat(2000)}}`, `{${'y'.repeat(2000)}}`);
  expect(a.map(({ isSame }) => isSame)).toEqual([true, false, true]);
});

test('bytes are written with the offsets that they have in the whole', () => {
  expect(hexLines(Buffer.from('meta\r\n\x00\xff0123456789', 'latin1'), 0x1ff)).toBe(
    '000001ff  6d 65 74 61 0d 0a 00 ff 30 31 32 33 34 35 36 37  meta....01234567\n' +
      `0000020f  38 39${' '.repeat(43)} 89`,
  );
});

test('regions of a body have no holes', () => {
  const part = (name: string, offset: number, bytes: number) => ({ name, offset, bytes, sha256: '' });
  expect(
    regionsOf([part('meta', 10, 5), part('file', 30, 70)], 110).map(({ kind, from, to }) => [kind, from, to]),
  ).toEqual([
    ['between', 0, 10],
    ['part', 10, 15],
    ['between', 15, 30],
    ['part', 30, 100],
    ['end', 100, 110],
  ]);
  expect(regionsOf([], 3)).toEqual([{ kind: 'whole', from: 0, to: 3 }]);
  expect(regionsOf([], 0)).toEqual([]);
});
