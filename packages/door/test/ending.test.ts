import { expect, test } from 'vitest';
import { createEnding } from '../dist/images/ending.js';

const FAR = 600_000;

/** How often the waiting was ended. */
function listening(milliseconds: number) {
  const ending = createEnding(milliseconds);
  let ended = 0;
  const listener = () => {
    ended += 1;
  };
  ending.signal.addEventListener('abort', listener, { once: true });
  return { ending, listener, ended: () => ended };
}

test('it ends by itself, once', async () => {
  const { ending, ended } = listening(1);
  await expect.poll(ended).toBe(1);
  ending.over();
  expect(ended()).toBe(1);
  expect(ending.signal.aborted).toBe(true);
});

test('it ends when it is told so, and not again by time', async () => {
  const { ending, ended } = listening(20);
  ending.over();
  ending.over();
  expect(ended()).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(ended()).toBe(1);
});

test('nothing ends for whoever listens no longer', () => {
  const { ending, listener, ended } = listening(FAR);
  ending.signal.removeEventListener('abort', listener);
  ending.over();
  expect(ended()).toBe(0);
});

test('nothing ends after it was closed', () => {
  const { ending, ended } = listening(FAR);
  ending.close();
  ending.over();
  expect(ended()).toBe(0);
});
