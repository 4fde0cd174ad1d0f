import { expect, test } from 'vitest';
import { createSharedLook } from '../dist/images/shared-look.js';

test('a thousand who ask the same within a while make one read; another question, a later one and a failure make their own', async () => {
  const read: string[] = [];
  let time = 0;
  let isAway = false;
  const look = createSharedLook(
    async (account: string, from: number) => {
      read.push(`${account} ${from}`);
      if (isAway) throw new Error('away');
      return read.length;
    },
    250,
    () => time,
  );
  const answers = await Promise.all(Array.from({ length: 1_000 }, () => look('shop', 7)));
  expect(new Set(answers)).toEqual(new Set([1]));
  await look('shop', 8);
  await look('rival', 7);
  time = 249;
  expect(await look('shop', 7)).toBe(1);
  time = 250;
  isAway = true;
  await expect(look('shop', 7)).rejects.toThrow('away');
  isAway = false;
  expect(await look('shop', 7)).toBe(5);
  expect(read).toEqual(['shop 7', 'shop 8', 'rival 7', 'shop 7', 'shop 7']);
});
