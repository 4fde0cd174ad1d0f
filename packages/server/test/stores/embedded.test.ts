import { describe, expect, test } from 'vitest';
import type { NonceRecord } from '../../dist/limits/nonces.js';
import { openEmbeddedDatabase, openEmbeddedMerchants } from '../../dist/stores/embedded/index.js';
import { additionContract } from '../contracts/addition.js';
import { databaseContract } from '../contracts/database.js';
import { imageStoreContract } from '../contracts/image-store.js';
import { merchantStoreContract } from '../contracts/merchant-store.js';
import { put, sampleBytes } from '../contracts/samples.js';
import { temporaryStore } from './folders.js';

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

databaseContract('the embedded store', async () => {
  const opened = await temporaryStore();
  const others: { close(): Promise<void> }[] = [];
  return {
    database: opened.database,
    async other() {
      const database = await openEmbeddedDatabase({ folder: opened.folder });
      others.push(database);
      return database;
    },
    async end() {
      for (const other of others) await other.close();
      await opened.end();
    },
  };
});

additionContract('the embedded store', async () => {
  const { images, database, end } = await temporaryStore();
  return { images, database, end };
});

describe('the nonces that the embedded store records', () => {
  const keys = async (nonces: NonceRecord, notBefore: number) =>
    (await nonces.usedNonces(notBefore)).map(({ key }) => key).sort();

  test('are restored after a restart: those of uploads, and those remembered', async () => {
    const opened = await temporaryStore();
    const upload = { key: 'of an upload', expiresAt: 4_000_000_001 };
    await put(opened.images, sampleBytes(100, 'n'), { nonce: upload });
    await opened.nonces.remember({ key: 'of a refusal', expiresAt: 4_000_000_002 });
    await opened.close();
    const { nonces } = await opened.reopen();
    expect(await keys(nonces, 0)).toEqual(['of a refusal', 'of an upload']);
    expect(await nonces.usedNonces(4_000_000_002)).toEqual([
      { key: 'of a refusal', expiresAt: 4_000_000_002 },
    ]);
    expect(await nonces.usedNonces(4_000_000_003)).toEqual([]);
    await opened.end();
  });

  test('can be deleted', async () => {
    const opened = await temporaryStore();
    const kept = { key: 'kept', expiresAt: 4_000_000_000 };
    const released = { key: 'released', expiresAt: 4_000_000_000 };
    await put(opened.images, sampleBytes(100, 'n'), { nonce: released });
    await opened.nonces.remember(kept);
    await opened.nonces.forget(released);
    await opened.nonces.forget({ key: 'never there', expiresAt: 4_000_000_000 });
    await opened.close();
    const { nonces } = await opened.reopen();
    expect(await nonces.usedNonces(0)).toEqual([kept]);
    await opened.end();
  });

  test('are deleted over time once they have expired', async () => {
    let now = 1_000_000;
    const opened = await temporaryStore({ now: () => now });
    for (let index = 0; index < 40; index++) {
      await opened.nonces.remember({ key: `expires soon ${index}`, expiresAt: 1_500 });
    }
    await opened.nonces.remember({ key: 'expires late', expiresAt: 3_000 });
    now = 2_000_000;
    for (let index = 0; index < 5; index++) await put(opened.images, sampleBytes(100, index));
    const left = await keys(opened.nonces, 0);
    expect(left.filter((key) => key.startsWith('expires'))).toEqual(['expires late']);
    await opened.end();
  });
});
