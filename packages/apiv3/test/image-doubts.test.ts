import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ImageDoubt, type ImageKind, imageDoubts, imageDoubtTexts } from '../dist/index.js';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

const HEAD = 'ffd8 ffe0 0004 abcd';
const FRAME = 'ffc0 000b 08 0003 0005 01 011100';
const SCAN = 'ffda 0008 01 0100 003f00';

describe('a JPG is doubted', () => {
  it.each<[string, string, ImageDoubt[]]>([
    ['whole', `${HEAD}${FRAME}${SCAN} 1234 ffd9`, []],
    ['whole, with 0xff in its data', `${HEAD}${FRAME}${SCAN} 12 ff00 34 ffd0 56 ffff d1 78 ffff d9`, []],
    ['whole, and more after it', `${HEAD}${FRAME}${SCAN} 1234 ffd9 ffd8 ffe0`, []],
    ['whole, in two scans', `${HEAD}${FRAME}${SCAN} 12 ffc4 0003 00 ${SCAN} 34 ffd9`, []],
    ['whole, with stray bytes', `${HEAD} 010203 ${FRAME} 99 ${SCAN} 1234 ffd9`, []],
    ['an end inside a segment alone', `ffd8 ffe1 0006 ffda ffd9 ${FRAME}${SCAN} 1234`, ['endMissing']],
    ['cut in its data', `${HEAD}${FRAME}${SCAN} 1234`, ['endMissing']],
    ['cut in its end marker', `${HEAD}${FRAME}${SCAN} 1234 ff`, ['endMissing']],
    ['cut before its second scan', `${HEAD}${FRAME}${SCAN} 12 ffc4 0003`, ['endMissing']],
    ['ended without data', `${HEAD}${FRAME} ffd9`, ['endMissing']],
    ['progressive', `${HEAD}${FRAME.replace('ffc0', 'ffc2')}${SCAN} 12 ffd9`, []],
    ['lossless', `${HEAD}${FRAME.replace('ffc0', 'ffc3')}${SCAN} 12 ffd9`, ['processUncommon']],
    ['arithmetic', `${HEAD}${FRAME.replace('ffc0', 'ffc9')}${SCAN} 12 ffd9`, ['processUncommon']],
    [
      'of 12 bits, and cut',
      `${HEAD}${FRAME.replace(' 08 ', ' 0c ').replace('ffc0', 'ffc1')}${SCAN} 12`,
      ['processUncommon', 'endMissing'],
    ],
  ])('%s', (_, bytes, doubts) => {
    expect(imageDoubts(hex(bytes))).toEqual(doubts);
  });
});

interface Vector {
  name: string;
  base64: string;
  kind?: ImageKind;
}

const complete = ['JPEG, baseline', 'JPEG, progressive', 'JPEG, grey', 'PNG, truecolour', 'PNG, interlaced'];
const heads = JSON.parse(
  readFileSync(new URL('../../../vectors/image-heads.json', import.meta.url), 'utf8'),
) as Vector[];
const images = heads
  .filter(({ name, kind }) => complete.includes(name) || (kind === 'bmp' && !/largest/.test(name)))
  .map(({ name, base64 }) => [name, Buffer.from(base64, 'base64')] as const);

describe('an image that a program wrote', () => {
  it.each(images)('%s: none when whole, one when its last byte is missing', (_, bytes) => {
    expect(imageDoubts(bytes)).toEqual([]);
    expect(imageDoubts(bytes.subarray(0, -1))).toEqual(['endMissing']);
  });

  it('is no doubt where it is refused anyway', () => {
    expect(imageDoubts(hex('ffd8'))).toEqual([]);
    expect(imageDoubts(Buffer.from('GIF89a'))).toEqual([]);
  });
});

it('both languages say what to do', () => {
  for (const texts of Object.values(imageDoubtTexts)) {
    expect(texts.en).toMatch(/; (get|save) it/);
    expect(texts['zh-CN']).toMatch(/；请/);
  }
});
