import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openOutbox, upgradeRelay } from '@coupon-media/relay';
import { openEmbeddedEngines } from '@coupon-media/server';
import { outboxContract } from './contract.js';

outboxContract('one folder', async (clock) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'coupon-media-outbox-'));
  const closing: (() => Promise<void>)[] = [];
  async function open() {
    for (const close of closing.splice(0)) await close();
    const engines = await openEmbeddedEngines({ data: folder }, Date.now, { warn: () => undefined });
    closing.push(engines.close);
    await upgradeRelay(engines.database);
    const outbox = await openOutbox(engines.database, clock);
    closing.unshift(outbox.close);
    return outbox;
  }
  return {
    outbox: await open(),
    other: open,
    async end() {
      for (const close of closing) await close();
      await rm(folder, { recursive: true });
    },
  };
});
