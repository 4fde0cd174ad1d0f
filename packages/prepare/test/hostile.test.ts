import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PrepareError, type PrepareErrorCode, prepareImage } from '../dist/index.js';
import { bmp } from './files.js';
import { heicOfSize, hostileFiles, rleBomb } from './hostile.js';
import { noise, quarters } from './images.js';

// It takes 26 s of processor time for decoding.

const heic = readFileSync(new URL('fixtures/plain.heic', import.meta.url));

/** One valid image of every format, with enough content to be damaged. */
async function images(): Promise<[format: string, bytes: Buffer][]> {
  const image = noise(64, 48);
  return [
    ['jpg', await image.clone().jpeg().toBuffer()],
    ['progressive jpg', await image.clone().jpeg({ progressive: true }).toBuffer()],
    ['png', await image.clone().png().toBuffer()],
    ['interlaced png', await image.clone().png({ progressive: true }).toBuffer()],
    ['webp', await image.clone().webp().toBuffer()],
    ['avif', await image.clone().avif().toBuffer()],
    ['gif', await image.clone().gif().toBuffer()],
    ['tiff', await image.clone().tiff({ compression: 'lzw' }).toBuffer()],
    ['bmp', bmp({ width: 64, height: 48, bits: 24 }, Buffer.alloc(0), await image.clone().raw().toBuffer())],
    ['heic', heic],
  ];
}

describe('hostile files', async () => {
  const files = [
    ...(await hostileFiles()),
    {
      name: 'HEIC of 96 × 64 that says 20000 × 20000',
      code: 'TOO_MANY_PIXELS',
      bytes: heicOfSize(heic, 20000),
    },
    { name: 'HEIC of 96 × 64 that says 4000 × 4000', code: 'DAMAGED', bytes: heicOfSize(heic, 4000) },
  ];

  test.each(files)('$name: $code', { timeout: 60_000 }, async ({ bytes, code }) => {
    const outcome = await prepareImage(bytes, { slot: 'background' }).catch((error: unknown) => error);
    if (code) expect(outcome).toMatchObject({ name: 'PrepareError', code });
    else expect(outcome).toMatchObject({ width: 1170, height: 1326 });
  });

  test('after all of them, an honest image is prepared as before', async () => {
    const source = await quarters(300, 200).png().toBuffer();
    expect(await prepareImage(source)).toMatchObject({ unchanged: true });
  });
});

describe('broken files', async () => {
  const honest = await images();

  test.each(honest)('%s, cut short anywhere', { timeout: 60_000 }, async (_, bytes) => {
    const lengths = [0.2, 0.6, 0.97].map((share) => Math.floor(bytes.length * share));
    const errors = lengths.map((length) =>
      prepareImage(bytes.subarray(0, length)).catch((error: unknown) => error),
    );
    for (const error of await Promise.all(errors)) {
      expect(error).toMatchObject({
        name: 'PrepareError',
        code: expect.stringMatching(/^(DAMAGED|NOT_AN_IMAGE)$/),
      });
    }
  });

  const REFUSALS: readonly PrepareErrorCode[] = [
    'DAMAGED',
    'TOO_MANY_PIXELS',
    'NOT_AN_IMAGE',
    'FORMAT_UNSUPPORTED',
  ];

  test.each(honest)(
    '%s, with bytes changed: prepared or refused in words',
    { timeout: 120_000 },
    async (_, bytes) => {
      let state = bytes.length;
      const random = (below: number): number => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return Math.floor((state / 2 ** 32) * below);
      };
      const rounds = Array.from({ length: 8 }, (_, round) => {
        const changed = Buffer.from(bytes);
        // Half of the changes are in the header, which has sizes and offsets.
        const area = round % 2 === 0 ? Math.min(200, changed.length) : changed.length;
        for (let count = 0; count <= round % 5; count++) changed[random(area)] = random(256);
        return changed;
      });
      for (const outcome of await Promise.allSettled(rounds.map((changed) => prepareImage(changed)))) {
        if (outcome.status === 'fulfilled') {
          expect(outcome.value).toMatchObject({ width: expect.any(Number), bytes: expect.any(Buffer) });
          continue;
        }
        expect(outcome.reason).toBeInstanceOf(PrepareError);
        expect(REFUSALS).toContain(outcome.reason.code);
      }
    },
  );
});

describe('limits', () => {
  // It takes half a second and 200 MB.
  const slow = rleBomb(8000);

  test('what takes longer than the time limit is stopped', async () => {
    await expect(prepareImage(slow, { limits: { timeLimit: 20 } })).rejects.toMatchObject({
      code: 'TIMED_OUT',
      values: { limit: 20 },
    });
  });

  test('what takes more than the memory limit is stopped', async () => {
    const limits = { memoryLimit: 48 * 1024 * 1024 };
    await expect(prepareImage(slow, { limits })).rejects.toMatchObject({
      code: 'TOO_MUCH_MEMORY',
      values: { limit: 50_331_648 },
    });
  });

  test('the caller stops it', async () => {
    const controller = new AbortController();
    const preparing = prepareImage(slow, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), 10);
    await expect(preparing).rejects.toMatchObject({ code: 'ABORTED', cause: { message: 'enough' } });
  });

  test('a signal that was given before nothing began', async () => {
    await expect(prepareImage(slow, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });

  test('pixels and bytes by the options', async () => {
    const source = await quarters(300, 200).png().toBuffer();
    await expect(prepareImage(source, { limits: { maxPixels: 59_999 } })).rejects.toMatchObject({
      code: 'TOO_MANY_PIXELS',
      values: { width: 300, height: 200, limit: 59_999 },
    });
    await expect(
      prepareImage(source, { limits: { maxSourceBytes: source.length - 1 } }),
    ).rejects.toMatchObject({
      code: 'SOURCE_TOO_LARGE',
      values: { bytes: source.length, limit: source.length - 1 },
    });
  });

  test('forty at once, one in ten of them hostile', { timeout: 60_000 }, async () => {
    const source = await quarters(300, 200).webp().toBuffer();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 40 }, (_, index) =>
        index % 10 === 0
          ? prepareImage(slow, { limits: { timeLimit: 20 } })
          : prepareImage(source, { name: `${index}.webp` }),
      ),
    );
    for (const [index, outcome] of outcomes.entries()) {
      if (index % 10 === 0) expect(outcome).toMatchObject({ reason: { code: 'TIMED_OUT' } });
      else expect(outcome).toMatchObject({ value: { filename: `${index}.jpg`, width: 300 } });
    }
  });
});
