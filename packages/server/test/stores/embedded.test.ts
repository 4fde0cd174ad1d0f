import { expect, test } from 'vitest';
import { openEmbeddedMerchants } from '../../dist/stores/embedded/index.js';
import { imageStoreContract, merchantStoreContract } from './contract.js';
import { temporaryStore } from './folders.js';
import { put, sampleBytes } from './samples.js';

imageStoreContract('the embedded store', async () => {
  const opened = await temporaryStore();
  return { store: opened.images, reopen: async () => (await opened.reopen()).images, end: opened.end };
});

merchantStoreContract('the embedded store', async () => {
  const opened = await temporaryStore();
  const administration = await openEmbeddedMerchants({ folder: opened.folder });
  return {
    store: opened.merchants,
    reopen: async () => administration,
    async end() {
      await administration.close();
      await opened.end();
    },
  };
});

test('the embedded store forgets nonces that have expired, as it goes', async () => {
  let now = 1_000_000;
  const opened = await temporaryStore({ now: () => now });
  for (let index = 0; index < 40; index++) {
    await opened.images.remember({ key: `expires soon ${index}`, expiresAt: 1_500 });
  }
  await opened.images.remember({ key: 'expires late', expiresAt: 3_000 });
  now = 2_000_000;
  for (let index = 0; index < 5; index++) await put(opened.images, sampleBytes(100, index));
  const keys = (await opened.images.usedNonces(0)).map(({ key }) => key);
  expect(keys.filter((key) => key.startsWith('expires'))).toEqual(['expires late']);
  await opened.end();
});
