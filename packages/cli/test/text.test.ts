import { acceptableFilename, checkFilename } from '@coupon-media/apiv3';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { writeCsv } from '../dist/manifest/csv.js';
import { clock, createRateMeter } from '../dist/shell/progress.js';
import { broken, padded, shortened, width } from '../dist/terminal/text.js';
import { visible } from '../dist/terminal/visible.js';

describe('text of foreign origin on a screen', () => {
  test.each([
    ['a\nb\r\tc', 'a\\nb\\r\\tc'],
    ['\x1b[31mred', '\\e[31mred'],
    ['gnp.\u202egpj', 'gnp.\\u{202e}gpj'],
    ['\x07\u2028', '\\x07\\u{2028}'],
    ['图片 é 😀.png', '图片 é 😀.png'],
  ])('%j is shown as %j', (text, shown) => expect(visible(text)).toBe(shown));

  test('Chinese and emoji take two columns, and marks that combine none', () => {
    expect(width('图片😀e\u0301')).toBe(7);
    expect(padded('图', 4)).toBe('图  ');
  });

  test('a name that is too wide loses its middle, never more columns than there are', () => {
    expect(shortened('folder/subfolder/image.png', 20)).toBe('folder/…er/image.png');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 3, max: 40 }), (text, columns) => {
        expect(width(shortened(text, columns))).toBeLessThanOrEqual(columns);
      }),
    );
  });
});

test('what a service may send as a message, 64 KiB on one line, is measured and shortened all the same', () => {
  const text = '\ufffd('.repeat(2 ** 15);
  expect(width(text)).toBe(2 ** 16);
  expect(width(shortened(text, 60))).toBeLessThanOrEqual(60);
  expect(broken(text, 60)).toEqual([text]);
});

test('a paragraph is broken at spaces or between Chinese characters, and no line begins with a full stop', () => {
  expect(broken('one two three', 7)).toEqual(['one two', 'three']);
  expect(broken('一二三四，五六。', 8)).toEqual(['一二三', '四，五', '六。']);
  expect(broken('a https://example.com/long/path b', 10)).toEqual([
    'a',
    'https://example.com/long/path',
    'b',
  ]);
  expect(broken('', 10)).toEqual(['']);
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', ' ', '图', '。', '-') }), (text) => {
      expect(broken(text, 8).join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
    }),
  );
});

test('whatever a file is called, its name in meta is one that the service takes', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom('jpg', 'png', 'bmp'),
      (name, kind) => {
        const wire = acceptableFilename(name, kind as 'jpg');
        checkFilename(wire, 150);
        expect(acceptableFilename(wire, kind as 'jpg')).toBe(wire);
      },
    ),
  );
  expect(acceptableFilename('photo.jpeg', 'jpg')).toBe('photo.jpeg');
  expect(acceptableFilename('photo.png', 'jpg')).toBe('photo.jpg');
  expect(acceptableFilename('.png', 'png')).toBe('image.png');
});

test('a table as Excel reads it', () => {
  expect(
    writeCsv([
      ['a', 'b'],
      ['x,"y"', 'two\nlines'],
      [1, undefined],
    ]),
  ).toBe('\ufeffa,b\r\n"x,""y""","two\nlines"\r\n1,\r\n');
});

test('the meter follows the last quarter of a minute', () => {
  const meter = createRateMeter(0);
  expect(meter.perSecond(10)).toBeUndefined();
  for (let at = 0; at < 10_000; at += 100) meter.tick(at);
  expect(meter.perSecond(10_000)).toBeCloseTo(10);
  expect(meter.perSecond(20_000)).toBeCloseTo(49 / 15, 1);
  expect(meter.perSecond(60_000)).toBeUndefined();
});

test.each([
  [0, '0:00'],
  [7.4, '0:07'],
  [754, '12:34'],
  [3723, '1:02:03'],
])('%d seconds are %s', (seconds, shown) => expect(clock(seconds)).toBe(shown));
