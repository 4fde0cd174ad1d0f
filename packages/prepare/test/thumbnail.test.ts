import { readdir, readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { PrepareError, prepareImage, thumbnailImage } from '../dist/index.js';
import { hostileFiles } from './hostile.js';
import { quarters } from './images.js';

// Takes 15 s: pictures of the golden set, and files that attack a decoder.

const PICTURES = new URL('golden/pictures/', import.meta.url);

async function thumbnailOf(bytes: Buffer) {
  const thumbnail = await thumbnailImage(bytes);
  const { format, width, height, pages } = await sharp(thumbnail).metadata();
  return { bytes: thumbnail.length, format, width, height, pages };
}

describe('a thumbnail', () => {
  test('lies within a square and keeps the shape, and is never larger than the image', async () => {
    expect(await thumbnailOf(await quarters(1000, 250).png().toBuffer())).toMatchObject({
      format: 'webp',
      width: 256,
      height: 64,
    });
    expect(await thumbnailOf(await quarters(64, 20).jpeg().toBuffer())).toMatchObject({
      width: 64,
      height: 20,
    });
    expect(await thumbnailOf(await quarters(3000, 1).png().toBuffer())).toMatchObject({
      width: 256,
      height: 1,
    });
  });

  test('of noise, too, takes at most 20 KiB, and what a caller asks for', async () => {
    const noise = await sharp({
      create: {
        width: 700,
        height: 700,
        channels: 3,
        background: '#888',
        noise: { type: 'gaussian', mean: 128, sigma: 90 },
      },
    })
      .png()
      .toBuffer();
    expect((await thumbnailImage(noise)).length).toBeLessThanOrEqual(20_480);
    expect((await thumbnailImage(noise, { maxBytes: 600 })).length).toBeLessThanOrEqual(600);
    await expect(thumbnailImage(noise, { side: 4000 })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });

  test('is drawn of the pictures of the golden set that can be prepared, and of no other', {
    timeout: 120_000,
  }, async () => {
    const names = await readdir(PICTURES);
    // Every ninth: the readers are those of preparation, which reads all of them in its own test.
    for (const name of names.filter((_, at) => at % 9 === 0)) {
      const bytes = await readFile(new URL(name, PICTURES));
      const [drawn, prepared] = await Promise.all(
        [thumbnailOf(bytes), prepareImage(bytes)].map((work) => work.then(() => 'made', codeOf)),
      );
      expect([name, drawn]).toEqual([name, prepared === 'CANNOT_FIT' ? 'made' : prepared]);
    }
  });

  test('of files that attack a decoder is refused as their preparation is', {
    timeout: 120_000,
  }, async () => {
    for (const { name, code, bytes } of (await hostileFiles()).filter((_, at) => at % 2 === 0)) {
      expect([name, await thumbnailOf(bytes).then(() => undefined, codeOf)]).toEqual([name, code]);
    }
  });
});

function codeOf(error: unknown): string {
  if (error instanceof PrepareError) return error.code;
  throw error;
}
