import { expect, test } from 'vitest';
import { pixelsOf } from '../page/upload/pixels.js';

/** The beginnings of files of 300 × 200 pixels, in hex. */
const HEADS = {
  GIF: `474946383961${le16(300)}${le16(200)}`,
  'WebP with a canvas': `${webp('VP8X')}0a00000000000000${le24(299)}${le24(199)}`,
  'WebP with losses': `${webp('VP8 ')}00000000000000${'9d012a'}${le16(300 | 0x4000)}${le16(200)}`,
  'WebP without losses': `${webp('VP8L')}000000002f${le32(299 | (199 << 14))}`,
  'AVIF with a thumbnail': `00000018${hex('ftypavif')}${ispe(30, 20)}${ispe(300, 200)}00000000`,
};

test.each(Object.entries(HEADS))('%s says how many pixels it has', (_, head) => {
  expect(pixelsOf(Buffer.from(head, 'hex'))).toBe(300 * 200);
});

test('what is cut off, or of no such kind, says nothing', () => {
  for (const head of Object.values(HEADS)) {
    const bytes = Buffer.from(head, 'hex');
    for (let length = 0; length < 10; length += 1)
      expect(pixelsOf(bytes.subarray(0, length))).toBe(undefined);
  }
  expect(pixelsOf(Buffer.from('<svg width="99999" height="99999"/>'))).toBe(undefined);
});

function webp(chunk: string): string {
  return `${hex('RIFF')}00000000${hex('WEBP')}${hex(chunk)}`;
}

function ispe(width: number, height: number): string {
  return `00000014${hex('ispe')}00000000${be32(width)}${be32(height)}`;
}

function hex(text: string): string {
  return Buffer.from(text, 'latin1').toString('hex');
}

function le16(value: number): string {
  return le24(value).slice(0, 4);
}

function le24(value: number): string {
  return le32(value).slice(0, 6);
}

function le32(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes.toString('hex');
}

function be32(value: number): string {
  return Buffer.from(le32(value), 'hex').reverse().toString('hex');
}
