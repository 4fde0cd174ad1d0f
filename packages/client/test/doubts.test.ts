import { once } from 'node:events';
import { checkImage, createClient } from '@coupon-media/client';
import { expect, test } from 'vitest';
import { bmp, jpg, png } from './images.js';
import { optionsFor, startService } from './service.js';

const cut = png().subarray(0, -1);

test('an image cut short is accepted with a doubt, a whole one without', async () => {
  expect((await checkImage(cut)).doubts).toEqual(['endMissing']);
  expect((await checkImage(png())).doubts).toEqual([]);
  expect((await checkImage(bmp)).doubts).toEqual([]);
  expect((await checkImage(jpg)).doubts).toEqual(['endMissing']);
});

test('a doubt comes before anything is sent, and the upload waits', async () => {
  const service = await startService({});
  const client = createClient(optionsFor(service));
  const doubts: unknown[] = [];
  const onDoubt = async (found: unknown) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(service.received).toHaveLength(0);
    doubts.push(found);
  };
  await client.uploadImage(cut, { onDoubt });
  expect(doubts).toEqual([['endMissing']]);
  expect(service.received).toHaveLength(1);
  await client.uploadImage(png(), { onDoubt });
  expect(doubts).toHaveLength(1);
});

test('what onDoubt throws ends the upload', async () => {
  const service = await startService({});
  const client = createClient(optionsFor(service));
  const onDoubt = () => {
    throw new RangeError('no');
  };
  await expect(client.uploadImage(cut, { onDoubt })).rejects.toThrow(RangeError);
  expect(service.received).toHaveLength(0);
});

test('without onDoubt the process warns', async () => {
  const service = await startService({});
  const warned = once(process, 'warning');
  await createClient(optionsFor(service)).uploadImage(cut, { filename: 'cut.png' });
  const [warning] = await warned;
  expect(warning).toMatchObject({
    code: 'COUPON_MEDIA_IMAGE',
    message: expect.stringMatching(/^"cut\.png": the image is incomplete/),
  });
});
