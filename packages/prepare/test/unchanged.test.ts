import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, onTestFinished, test } from 'vitest';
import { prepareImage } from '../dist/index.js';
import { pngChunk, withJpgSegments, withPngChunks } from './files.js';
import { noise, quarters } from './images.js';

const pixels = (bytes: Buffer): Promise<Buffer> => sharp(bytes).raw().toBuffer();

describe('what fits is left alone, byte for byte', () => {
  test.each([
    ['a JPG', undefined, () => quarters(300, 200).jpeg()],
    ['a progressive JPG', undefined, () => quarters(300, 200).jpeg({ progressive: true })],
    ['a PNG', undefined, () => quarters(300, 200).png()],
    ['a PNG of 256 colours', undefined, () => quarters(300, 200).png({ palette: true })],
    ['an interlaced PNG', undefined, () => quarters(300, 200).png({ progressive: true })],
    ['a JPG of the size', 'background', () => quarters(1170, 1326).jpeg()],
    ['a PNG of the size', 'detail', () => quarters(1170, 1326).png()],
  ] as const)('%s, slot %s', async (_, slot, make) => {
    const source = await make().toBuffer();
    const made = await prepareImage(source, slot ? { slot } : {});
    expect(made).toMatchObject({ unchanged: true, changes: [] });
    expect(made.bytes.buffer).toBe(source.buffer); // not even copied
    expect(made.bytes.equals(source)).toBe(true);
  });

  test('from a path, under its own name', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'prepare-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, '夏日 券.JPEG');
    writeFileSync(file, await quarters(300, 200).jpeg().toBuffer());
    const made = await prepareImage(file);
    expect(made).toMatchObject({ unchanged: true, filename: '夏日 券.JPEG' });
    expect(made.bytes.equals(readFileSync(file))).toBe(true);
  });

  test('one byte more than allowed is too much', async () => {
    const source = await noise(200, 200).jpeg({ quality: 92 }).toBuffer();
    expect((await prepareImage(source, { maxBytes: source.length })).unchanged).toBe(true);
    const made = await prepareImage(source, { maxBytes: source.length - 1 });
    expect(made.unchanged).toBe(false);
    expect(made.bytes.length).toBeLessThan(source.length);
  });

  test.each([
    ['icon', 'a JPG cannot be transparent'],
    ['background', 'the size is another'],
  ] as const)('for %s it is rendered, since %s', async (slot, _) => {
    const source = await quarters(1080, 1080).jpeg().toBuffer();
    expect((await prepareImage(source, { slot })).unchanged).toBe(false);
  });
});

describe('metadata is taken out without touching a pixel', () => {
  const described = { IFD0: { Artist: 'A. Person', Copyright: 'secret place' } };

  test('of a JPG', async () => {
    const plain = await quarters(300, 200)
      .withExif(described)
      .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>')
      .jpeg()
      .toBuffer();
    const source = Buffer.concat([
      withJpgSegments(
        plain,
        [0xfe, Buffer.from('a comment')],
        [0xed, Buffer.from('Photoshop 3.0\0')],
        [0xeb, Buffer.from('JP')],
      ),
      Buffer.from('a second image behind the end'),
    ]);
    const made = await prepareImage(source);
    expect(made.unchanged).toBe(false);
    expect(made.changes).toEqual([
      {
        code: 'METADATA_REMOVED',
        values: { removed: 'comment, IPTC, APP11, EXIF, XMP, data after the end' },
      },
    ]);
    for (const trace of ['Person', 'secret', 'xmpmeta', 'comment', 'Photoshop', 'behind']) {
      expect(made.bytes.includes(trace)).toBe(false);
    }
    expect((await pixels(made.bytes)).equals(await pixels(source))).toBe(true);
    expect(await prepareImage(made.bytes)).toMatchObject({ unchanged: true });
  });

  test('of a PNG', async () => {
    const source = Buffer.concat([
      withPngChunks(
        await quarters(300, 200).withExif(described).png().toBuffer(),
        pngChunk('tEXt', Buffer.from('Author\0A. Person')),
        pngChunk('tIME', Buffer.alloc(7, 1)),
        pngChunk('acTL', Buffer.from('0000000300000000', 'hex')),
      ),
      Buffer.from('behind the end'),
    ]);
    const made = await prepareImage(source);
    expect(made.changes).toEqual([
      { code: 'FRAMES_DROPPED', values: { frames: 3 } },
      { code: 'METADATA_REMOVED', values: { removed: 'EXIF, text, time, animation, data after the end' } },
    ]);
    for (const trace of ['Person', 'secret', 'behind', 'acTL'])
      expect(made.bytes.includes(trace)).toBe(false);
    expect((await pixels(made.bytes)).equals(await pixels(source))).toBe(true);
    expect(await prepareImage(made.bytes)).toMatchObject({ unchanged: true });
  });

  test.each(['webp', 'avif', 'tiff'] as const)('of rendered images: %s', async (format) => {
    const source = await quarters(300, 200).withExif(described)[format]().toBuffer();
    const made = await prepareImage(source);
    const { exif, xmp, icc, iptc } = await sharp(made.bytes).metadata();
    expect([exif, xmp, icc, iptc]).toEqual([undefined, undefined, undefined, undefined]);
    expect(made.bytes.includes('Person')).toBe(false);
  });

  test('of a HEIC', async () => {
    const source = readFileSync(new URL('fixtures/described.heic', import.meta.url));
    expect(source.includes('A. Person')).toBe(true);
    const made = await prepareImage(source);
    expect(made.changes).toEqual([
      { code: 'METADATA_REMOVED', values: { removed: 'EXIF' } },
      { code: 'CONVERTED', values: { from: 'HEIC', to: 'JPG' } },
    ]);
    expect(made.bytes.includes('A. Person')).toBe(false);
  });

  test('when the image is turned, its EXIF goes with the drawing', async () => {
    const source = await quarters(300, 200)
      .withExif(described)
      .withMetadata({ orientation: 3 })
      .jpeg()
      .toBuffer();
    const made = await prepareImage(source);
    expect(made.changes.map(({ code }) => code)).toEqual(['TURNED', 'METADATA_REMOVED', 'RECOMPRESSED']);
    expect(made.bytes.includes('Exif')).toBe(false);
  });
});
