import { describe, expect, test } from 'vitest';
import { recordKeyUses } from '../../dist/observe/key-uses.js';
import type { Trace } from '../../dist/signed/trace.js';
import { createTrace } from '../../dist/signed/trace.js';
import { openEmbeddedMerchants } from '../../dist/stores/embedded/index.js';
import { temporaryStore } from '../stores/folders.js';

describe('the record of when platform keys signed', () => {
  test('has the first use at once, and the last one after the end', async () => {
    const opened = await temporaryStore();
    let now = 1_750_000_000;
    const uses = recordKeyUses(opened.merchants.recordPlatformKeyUses, () => now, unexpected);
    uses.listener.end?.(signedBy('PUB_KEY_ID_1'));
    await expect.poll(() => opened.merchants.platformKeyUses()).toEqual(new Map([['PUB_KEY_ID_1', now]]));
    now += 30;
    uses.listener.end?.(signedBy('PUB_KEY_ID_1'));
    uses.listener.end?.(signedBy('PUB_KEY_ID_2'));
    uses.listener.end?.(signedBy(undefined));
    await uses.close();
    expect(await opened.merchants.platformKeyUses()).toEqual(
      new Map([
        ['PUB_KEY_ID_1', now],
        ['PUB_KEY_ID_2', now],
      ]),
    );
    await opened.end();
  });

  test('survives a failure of the store, which is reported once', async () => {
    const opened = await temporaryStore();
    const closed = await openEmbeddedMerchants({ folder: opened.folder });
    await closed.close();
    const errors: unknown[] = [];
    let records = closed;
    const failing = recordKeyUses(
      (uses) => records.recordPlatformKeyUses(uses),
      () => 1_750_000_000,
      (error) => errors.push(error),
    );
    failing.listener.end?.(signedBy('PUB_KEY_ID_1'));
    await expect.poll(() => errors.length).toBe(1);
    records = opened.merchants;
    await failing.close();
    expect(await opened.merchants.platformKeyUses()).toEqual(new Map([['PUB_KEY_ID_1', 1_750_000_000]]));
    expect(errors).toHaveLength(1);
    await opened.end();
  });
});

/** A request that ended with a response signed by this key; undefined: with one that nobody signed. */
function signedBy(keyId: string | undefined): Trace {
  const head = { method: 'POST', url: '/', scheme: 'merchant', header: () => undefined } as const;
  const trace = createTrace('upload', head, 'A'.repeat(32));
  trace.response = { status: 200, headers: {}, body: '' };
  if (keyId !== undefined)
    trace.responseSigner = { signer: { keyId, sign: async () => '' }, scheme: 'merchant' };
  return trace;
}

function unexpected(error: unknown): never {
  throw error;
}
