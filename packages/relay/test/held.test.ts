import { expect, test } from 'vitest';
import { holdImages } from '../dist/uploads/held.js';

/** Bytes with memory of their own. */
const content = (bytes: number) => Buffer.from(new ArrayBuffer(bytes));

test('bytes are found until the last who kept them lets them go', () => {
  const held = holdImages();
  const bytes = content(10);
  held.keep('a', bytes);
  held.keep('a', content(10));
  held.letGo('a');
  expect(held.find('a')).toBe(bytes);
  held.letGo('a');
  held.letGo('a');
  expect(held.find('a')).toBeUndefined();
});

test('what has no room is not kept, until there is room again', () => {
  const held = holdImages(100);
  held.keep('a', content(60));
  held.keep('b', content(41));
  expect(held.find('b')).toBeUndefined();
  held.letGo('b');
  held.letGo('a');
  held.keep('b', content(41));
  expect(held.find('b')).toBeDefined();
});

test('a small image counts for all the memory that it keeps', () => {
  const held = holdImages(100);
  held.keep('a', content(101).subarray(0, 10));
  expect(held.find('a')).toBeUndefined();
});
