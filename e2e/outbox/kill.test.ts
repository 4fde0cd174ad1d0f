import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openOutbox, upgradeRelay } from '@coupon-media/relay';
import { openEmbeddedEngines } from '@coupon-media/server';
import { expect, test } from 'vitest';

const CHILD = fileURLToPath(new URL('children/uploads.mjs', import.meta.url));
const ROUNDS = 3;

test('a process that is killed leaves everything that it said: what is recorded, and the rest to the next one', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'coupon-media-outbox-'));
  try {
    const wished = new Set<string>();
    const recorded = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      await killedAfter(300, spawn(process.execPath, [CHILD, folder, `${round}`]), (word, digest) => {
        (word === 'wished' ? wished : recorded).add(digest);
      });
      const engines = await openEmbeddedEngines({ data: folder }, Date.now, { warn: () => undefined });
      await upgradeRelay(engines.database);
      const outbox = await openOutbox(engines.database);
      const claims = await outbox.claim('shop', 1_000_000, Date.now() + 60_000);
      const pending = new Set(claims.map(({ sha256 }) => sha256));
      for (const sha256 of wished) {
        const key = { account: 'shop', endpoint: 'product-coupon', sha256 } as const;
        const known = await outbox.recorded(key);
        // Either, and never both: no wish is lost, and nothing that is recorded goes upstream again.
        expect([sha256, pending.has(sha256)]).toEqual([sha256, known === undefined]);
        if (known) expect(known.value).toBe(`https://pic.example/${sha256}`);
        if (recorded.has(sha256)) expect(known).toBeDefined();
      }
      await outbox.close();
      await engines.close();
    }
    expect(recorded.size).toBeGreaterThan(100);
  } finally {
    await rm(folder, { recursive: true });
  }
});

async function killedAfter(
  lines: number,
  child: ChildProcess,
  said: (word: string, digest: string) => void,
): Promise<void> {
  const ended = once(child, 'exit');
  let count = 0;
  if (!child.stdout) throw new Error('no output');
  for await (const line of createInterface({ input: child.stdout })) {
    const [word = '', digest = ''] = line.split(' ');
    // A line may be cut off by the kill.
    if (digest.length === 64) said(word, digest);
    count += 1;
    if (count === lines) child.kill('SIGKILL');
  }
  expect(await ended).toEqual([null, 'SIGKILL']);
}
