import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createImageInspector,
  type ImageFault,
  type ImageInfo,
  type ImageKind,
  inspectImage,
  mediaTypes,
} from '../dist/index.js';
import { readVectors } from './vectors.js';

interface ImageVector {
  name: string;
  base64: string;
  kind?: ImageKind;
  width?: number;
  height?: number;
  fault?: ImageFault;
}

const vectors = readVectors<ImageVector[]>('image-heads.json');
const bytesOf = ({ base64 }: ImageVector) => Buffer.from(base64, 'base64');
const expectedOf = ({ kind, width, height, fault }: ImageVector) => fault ?? { kind, width, height };

function inspectInPieces(bytes: Uint8Array, cuts: readonly number[]): ImageInfo | ImageFault {
  const inspector = createImageInspector();
  [...cuts, bytes.length].reduce((from, to) => {
    const chunk = Uint8Array.from(bytes.subarray(from, to));
    inspector.write(chunk);
    // The writer may reuse its chunk.
    chunk.fill(0xff);
    return to;
  }, 0);
  return inspector.result();
}

describe('the kind of an image is detected by its bytes', () => {
  it.each(vectors)('$name', (vector) => {
    expect(inspectImage(bytesOf(vector))).toEqual(expectedOf(vector));
  });

  it('with a profile of many segments before the frame header', () => {
    const [jpeg = Buffer.alloc(0)] = vectors.filter(({ name }) => name === 'JPEG, baseline').map(bytesOf);
    const profile = Buffer.alloc(2 + 65_535);
    profile.set([0xff, 0xe2, 0xff, 0xff]);
    const segments = Buffer.concat(Array.from({ length: 30 }, () => profile));
    const whole = Buffer.concat([jpeg.subarray(0, 2), segments, jpeg.subarray(2)]);
    expect(inspectImage(whole)).toEqual({ kind: 'jpg', width: 5, height: 3 });
    for (const size of [1, 999, 65_536]) {
      const cuts = Array.from({ length: Math.floor(whole.length / size) }, (_, index) => (index + 1) * size);
      expect(inspectInPieces(whole, cuts)).toEqual({ kind: 'jpg', width: 5, height: 3 });
    }
  });

  it.each([
    ['fill bytes', 0xff],
    ['stray bytes', 0x00],
  ])('with 65,536 %s before the frame header, and not with one more', (_, byte) => {
    const [jpeg = Buffer.alloc(0)] = vectors.filter(({ name }) => name === 'JPEG, baseline').map(bytesOf);
    const surrounded = (count: number) =>
      Buffer.concat([Buffer.from('ffd8fffe0002', 'hex'), Buffer.alloc(count, byte), jpeg.subarray(2)]);
    expect(inspectImage(surrounded(65_536))).toEqual({ kind: 'jpg', width: 5, height: 3 });
    expect(inspectImage(surrounded(65_537))).toBe('imageHeaderBroken');
  });

  it('has the media type it is served with', () => {
    expect(mediaTypes).toEqual({ jpg: 'image/jpeg', png: 'image/png', bmp: 'image/bmp' });
  });
});

describe('the result is the same', () => {
  it.each(vectors)('cut anywhere in two, or fed a byte at a time: $name', (vector) => {
    const bytes = bytesOf(vector);
    const expected = expectedOf(vector);
    for (let cut = 0; cut <= bytes.length; cut++) expect(inspectInPieces(bytes, [cut])).toEqual(expected);
    const everywhere = Array.from({ length: bytes.length }, (_, index) => index);
    expect(inspectInPieces(bytes, everywhere)).toEqual(expected);
  });

  it('in any split, empty pieces too', () => {
    fc.assert(
      fc.property(fc.constantFrom(...vectors), fc.array(fc.nat(500)), (vector, cuts) => {
        const bytes = bytesOf(vector);
        const sorted = cuts.filter((cut) => cut <= bytes.length).sort((a, b) => a - b);
        expect(inspectInPieces(bytes, sorted)).toEqual(expectedOf(vector));
      }),
    );
  });
});

describe('an image cut short', () => {
  const whole = vectors.filter(({ kind }) => kind);

  it.each(whole)('is not an image, then one with a broken header, then whole: $name', (vector) => {
    const bytes = bytesOf(vector);
    const results = Array.from({ length: bytes.length + 1 }, (_, end) =>
      inspectImage(bytes.subarray(0, end)),
    );
    const stages = results.map((result) => (typeof result === 'string' ? result : 'whole'));
    const magic = { jpg: 3, png: 8, bmp: 2 }[vector.kind ?? 'jpg'];
    const header = stages.indexOf('whole');
    expect(stages.slice(0, magic).every((stage) => stage === 'imageKindUnknown')).toBe(true);
    expect(stages.slice(magic, header).every((stage) => stage === 'imageHeaderBroken')).toBe(true);
    expect(results.slice(header).every((result) => typeof result === 'object')).toBe(true);
    expect(results.at(-1)).toEqual(expectedOf(vector));
  });
});

describe('hostile bytes', () => {
  const hex = (text: string) => Buffer.from(text, 'hex');
  const MANY = 2 * 1024 * 1024;
  // A whole image stands behind the bytes: who reads them to the end finds it.
  const behind = Buffer.concat(vectors.filter(({ kind }) => kind === 'jpg').map(bytesOf)).subarray(2);
  const repeated = (unit: Buffer) => Buffer.concat([hex('ffd8'), Buffer.alloc(MANY, unit), behind]);

  it.each([
    ['fill bytes', repeated(hex('ff'))],
    ['stray bytes', Buffer.concat([hex('ffd8fffe0002'), Buffer.alloc(MANY), behind])],
    ['stray pairs', repeated(hex('ff00'))],
    ['empty segments', repeated(hex('ffe00002'))],
    ['markers without length', repeated(hex('ff01'))],
  ])('two million %s are not read to their end', (_, bytes) => {
    expect(inspectImage(Buffer.concat([hex('ffd8'), behind]))).toMatchObject({ kind: 'jpg' });
    expect(inspectImage(bytes)).toBe('imageHeaderBroken');
  });

  it('never throw, and never give an impossible size', () => {
    const magic = fc.constantFrom(
      hex(''),
      hex('ffd8ff'),
      hex('89504e470d0a1a0a0000000d49484452'),
      hex('424d'),
    );
    const spoiled = fc
      .tuple(fc.constantFrom(...vectors), fc.nat(200), fc.uint8Array({ maxLength: 8 }))
      .map(([vector, at, bytes]) => {
        const image = bytesOf(vector);
        return Buffer.concat([image.subarray(0, at), bytes, image.subarray(at + bytes.length)]);
      });
    const random = fc.tuple(magic, fc.uint8Array({ maxLength: 300 })).map((parts) => Buffer.concat(parts));
    fc.assert(
      fc.property(fc.oneof(spoiled, random), (bytes) => {
        const result = inspectImage(bytes);
        if (typeof result === 'string') return;
        for (const side of [result.width, result.height]) {
          expect(side).toBeGreaterThan(0);
          expect(side).toBeLessThanOrEqual(30_000);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
