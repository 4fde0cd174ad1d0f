import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { openLedger, readLedger } from '../dist/ledger/ledger.js';
import { ledgerPath } from '../dist/ledger/location.js';

const TITLE = { service: 'https://api.mch.weixin.qq.com', merchant: '1900000001' };
const row = (n: number) => ({
  sha256: String(n).padStart(64, '0'),
  imageUrl: `https://img.example/${n}.png`,
  filename: `${n}.png`,
  bytes: n,
  at: '2026-01-01T00:00:00.000Z',
});

let file: string;
beforeEach(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'ledger-'));
  file = path.join(folder, 'deep', 'ledger.jsonl');
  return () => rm(folder, { recursive: true });
});

test('what was added is there again, many at once or one after the other', async () => {
  const ledger = await openLedger(file, TITLE);
  await ledger.reserve();
  await Promise.all(Array.from({ length: 30 }, (_, n) => ledger.add(row(n))));
  await ledger.reserve();
  await ledger.add({ ...row(30), source: 'recipe' });
  expect(ledger.sent(row(7).sha256)?.imageUrl).toBe('https://img.example/7.png');
  await ledger.close();
  const text = await readFile(file, 'utf8');
  expect(text.split('\n').length).toBe(33);
  const again = await readLedger(file, TITLE);
  expect([again.sent(row(29).sha256), again.made('recipe')]).toMatchObject([row(29), row(30)]);
});

test('a row is on the disk as soon as it was added; the room behind it means nothing to the next', async () => {
  const ledger = await openLedger(file, TITLE);
  await ledger.reserve();
  await ledger.add(row(1));
  // As a kill would leave it: empty lines behind, and the lock of a process that has gone.
  const killed = await readFile(file);
  await ledger.close();
  expect(killed.length).toBeGreaterThan(60_000);
  await writeFile(file, killed);
  await writeFile(`${file}.lock`, '999999999');
  const next = await openLedger(file, TITLE);
  expect(next.sent(row(1).sha256)).toMatchObject(row(1));
  await next.add(row(2));
  await next.close();
  expect((await readFile(file, 'utf8')).split('\n').length).toBe(4);
});

test('wherever a crash tears it, what stands before is kept and what comes after is found', async () => {
  const ledger = await openLedger(file, TITLE);
  await ledger.add(row(1));
  await ledger.add(row(2));
  await ledger.close();
  const whole = await readFile(file);
  for (let at = 0; at <= whole.length; at += 1) {
    await writeFile(file, whole.subarray(0, at));
    const torn = await openLedger(file, TITLE);
    await torn.add(row(3));
    await torn.close();
    const read = await readLedger(file, TITLE);
    expect(read.sent(row(3).sha256), `torn at ${at}`).toMatchObject(row(3));
  }
});

test('in use, of another merchant, or none: refused by its key', async () => {
  const ledger = await openLedger(file, TITLE);
  const other = { ...TITLE, merchant: '2' };
  await writeFile(`${file}.lock`, String(process.ppid));
  await expect(openLedger(file, TITLE)).rejects.toMatchObject({ key: 'ledger.inUse' });
  await ledger.close();
  await expect(openLedger(file, other)).rejects.toMatchObject({ key: 'ledger.another' });
  await expect(readLedger(file, other)).rejects.toMatchObject({ key: 'ledger.another' });
  await writeFile(file, 'name,url\n');
  await expect(openLedger(file, TITLE)).rejects.toMatchObject({ key: 'ledger.notOne' });
  await writeFile(file, 'PK');
  await expect(openLedger(file, TITLE)).rejects.toMatchObject({ key: 'ledger.notOne' });
});

test('its place: among states, a file for each service and merchant; of a local service beside the profile', () => {
  const environment = { XDG_STATE_HOME: '/state' };
  expect(ledgerPath(TITLE, '/etc/shop.json', environment)).toBe(
    '/state/coupon-media/ledger-api.mch.weixin.qq.com-1900000001.jsonl',
  );
  const local = { ...TITLE, service: 'http://127.0.0.1:8787' };
  expect(ledgerPath(local, '/sandbox/credentials.json', environment)).toBe(
    '/sandbox/ledger-127.0.0.1_8787-1900000001.jsonl',
  );
});
