import { crc32, deflateSync } from 'node:zlib';

/** A PNG of one colour. Random bytes, in a chunk that readers skip, give it the wanted length. */
export function png(bytes = 0): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(2, 0);
  header.writeUInt32BE(2, 4);
  header.set([8, 2], 8);
  const pixels = deflateSync(Buffer.alloc(2 * (1 + 2 * 3), 0));
  const bare = [SIGNATURE, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))];
  const length = bare.reduce((sum, part) => sum + part.length, 0);
  const filling = bytes > length + 12 ? [chunk('fiLl', Buffer.alloc(bytes - length - 12, 0x5a))] : [];
  return Buffer.concat([...bare.slice(0, 2), ...filling, ...bare.slice(2)]);
}

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** The header of a JPEG of 3 × 2 pixels, with an end marker. */
export const jpg = Buffer.from('ffd8ffc0000b080002000301011100ffd9', 'hex');

/** A BMP of 1 × 1. */
export const bmp = Buffer.from(
  '424d3a0000000000000036000000280000000100000001000000010018000000000004000000130b0000130b00000000000000000000ffffff00',
  'hex',
);
