import { expect, test } from 'vitest';
import { makeImage } from './support/images.js';
import { relayOfTest } from './support/relay.js';
import { sandboxOfTest } from './support/sandbox.js';

/** The uploads that reached upstream. */
function uploads(sandbox: Awaited<ReturnType<typeof sandboxOfTest>>) {
  return sandbox.requests.filter(({ upload }) => upload);
}

test("an upload through the APIv3 door gives upstream's own URL, and the second one reuses it", async () => {
  const upstream = await sandboxOfTest();
  const { client } = await relayOfTest(upstream);
  const image = await makeImage('png', 1);
  const first = await client.uploadImage(image, { filename: 'first.png' });
  expect(first.imageUrl.startsWith(upstream.credentials.baseUrl)).toBe(true);
  const second = await client.uploadImage(image, { filename: 'second.png' });
  expect(second.imageUrl).toBe(first.imageUrl);
  expect(uploads(upstream).map(({ upload }) => upload?.filename)).toEqual(['first.png']);
});
