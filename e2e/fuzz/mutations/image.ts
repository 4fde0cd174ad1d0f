import { crc32 } from 'node:zlib';
import type { Content, Mutation } from '../draft.js';
import type { Random } from '../random.js';

const PNG_HEAD = '89504e470d0a1a0a0000000d49484452';

/** What is put wrong with the picture; the digest is that of what is left. */
export const imageMutations: readonly Mutation<Content>[] = [
  ['image cut short', (content, random) => become(content, content.image.subarray(0, random.below(64)))],
  ['image bytes flipped', (content, random) => become(content, flipped(content.image, random))],
  [
    'image of odd pixels',
    (content, random) => become(content, png(random.pick(SIDES), random.pick(SIDES), random)),
  ],
  ['image with a page in it', (content, random) => become(content, polyglot(random))],
  [
    'image of chance',
    (content, random) => become(content, Buffer.concat([random.pick(MAGIC), random.bytes(200)])),
  ],
  [
    'image of many markers',
    (content) => become(content, Buffer.concat([Buffer.from('ffd8', 'hex'), Buffer.alloc(60_000, 0xff)])),
  ],
  [
    'image near 2 MiB',
    (content, random) =>
      become(content, Buffer.concat([png(1, 1, random), Buffer.alloc(2_097_152 - 42 + random.below(3))])),
  ],
];

const SIDES = [0, 1, 29_999, 30_000, 30_001, 0x7fffffff, 0xffffffff];

const MAGIC = [
  '89504e470d0a1a0a',
  'ffd8ff',
  '424d',
  'ffd8ffe000104a464946',
  '0000',
  '474946383961',
  '3c737667',
].map((hex) => Buffer.from(hex, 'hex'));

function become(content: Content, image: Buffer): void {
  content.image = image;
}

function flipped(image: Buffer, random: Random): Buffer {
  const copy = Buffer.from(image);
  for (let times = 1 + random.below(4); times > 0 && copy.length > 0; times -= 1) {
    copy[random.below(Math.min(64, copy.length))] = random.below(256);
  }
  return copy;
}

/** Its end is chance, so that no two are the same image. */
export function png(width: number, height: number, random: Random): Buffer {
  const head = Buffer.from(`${PNG_HEAD}0000000000000000080600000000000000`, 'hex');
  head.writeUInt32BE(width, 16);
  head.writeUInt32BE(height, 20);
  head.writeUInt32BE(crc32(head.subarray(12, 29)), 29);
  return Buffer.concat([head, random.bytes(9)]);
}

/** A picture to whoever looks at its beginning, a page to whoever does not. */
function polyglot(random: Random): Buffer {
  const page = `<html><script>alert(1)</script><svg onload=alert(2)>${random.hex(8)}</svg></html>`;
  return Buffer.concat([png(1, 1, random), Buffer.from(page)]);
}
