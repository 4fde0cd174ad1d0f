import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient } from '@coupon-media/client';
import { expect, onTestFinished, test } from 'vitest';
import { watchProfiles } from '../dist/accounts/renewal.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const privatePem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const PROFILE = {
  baseUrl: 'http://127.0.0.1:9',
  mchid: '1900000001',
  certificateSerialNo: 'A1'.repeat(20),
  privateKey: privatePem,
  wechatPayPublicKeyId: 'PUB_KEY_ID_0119000000012025',
  wechatPayPublicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
};
const NEXT = {
  from: '2026-12-01T00:00:00+08:00',
  certificateSerialNo: 'B2'.repeat(20),
  privateKey: privatePem,
};

test('a profile that was changed is read again, and what is wrong with it is in the log', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'coupon-media-renewal-'));
  const profile = path.join(folder, 'shop.json');
  let second = 1_000;
  const write = async (content: object) => {
    await writeFile(profile, JSON.stringify(content), { mode: 0o600 });
    second += 1;
    await utimes(profile, second, second);
  };
  await write(PROFILE);
  const client = createClient({ profile });
  const lines: string[] = [];
  const log = (...told: unknown[]) => void lines.push(String(told.at(-1)));
  const stop = await watchProfiles([{ name: 'shop', profile, client }], { info: log, error: log }, 20);
  onTestFinished(async () => {
    stop();
    await client.close();
    await rm(folder, { recursive: true });
  });
  expect(lines).toEqual([]);
  await write({ ...PROFILE, nextCertificates: [{ ...NEXT, from: '2026' }] });
  await expect.poll(() => lines.at(-1)).toMatch(/cannot be used: nextCertificates\[0\]\.from/);
  await write({ ...PROFILE, nextCertificates: [NEXT] });
  await expect.poll(() => lines.at(-1)).toMatch(/read again$/);
});
