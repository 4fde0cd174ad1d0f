import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { sha256 } from './support/exchange.js';
import { makeImage } from './support/images.js';
import { relayOfTest } from './support/relay.js';
import { CLI, couponMedia, run, startCouponMedia } from './support/run.js';
import { sandboxOfTest } from './support/sandbox.js';

// Takes 10 s: twenty commands that load the whole service, on a machine that does other things as well.
vi.setConfig({ testTimeout: 180_000 });

test('commands beside a running relay: token, relay forget, relay import, audit', async () => {
  const upstream = await sandboxOfTest();
  const { folder, baseUrl } = await relayOfTest(upstream);
  const data = ['--data', folder];
  const png = await makeImage('png', 7);
  const accounts = ['--accounts', path.join(folder, 'relay.json')];
  const uploads = () => upstream.requests.filter(({ upload }) => upload).length;

  const created = await couponMedia('token', 'create', '--account', 'shop', '--name', 'editor', ...data);
  expect(created).toMatchObject({ code: 0, stdout: expect.stringMatching(/^cmr_[0-9a-f]{12}_[\w-]{43}\n$/) });
  const misspelt = [CLI, 'token', 'create', '--account', 'shpo', '--name', 'editor', ...data];
  const env = { ...process.env, COUPON_MEDIA_ACCOUNTS_FILE: path.join(folder, 'relay.json') };
  expect(await run(process.execPath, misspelt, '', { env })).toMatchObject({
    stdout: '',
    stderr: expect.stringContaining('there is no account shpo; there are: shop'),
  });
  const token = created.stdout.trim();
  const id = token.slice(0, 16);
  const post = async () => {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'image/png' };
    const answer = await fetch(`${baseUrl}/v1/images?filename=a.png`, {
      method: 'POST',
      headers,
      body: new Uint8Array(png),
    });
    return (await answer.json()) as { image_url?: string; reused?: boolean; code?: string };
  };

  // What the command uploaded by itself is taken over: the relay sends nothing.
  const image = path.join(folder, 'a.png');
  await writeFile(image, png);
  const ledger = path.join(folder, 'mine.jsonl');
  const upload = ['upload', image, '--profile', upstream.credentialsPath, '--ledger', ledger];
  expect(await couponMedia(...upload)).toMatchObject({ code: 0 });
  const before = uploads();
  const imported = await couponMedia('relay', 'import', ledger, '--account', 'shop', ...accounts, ...data);
  expect(imported).toMatchObject({ code: 0, stdout: '1 image taken over for shop, 0 known before\n' });
  expect(await post()).toMatchObject({ reused: true });
  expect(uploads()).toBe(before);

  // The ledger of another merchant is refused, and that of another upstream.
  const title = { ledger: 'coupon-media upload', version: 1 };
  const [{ mchid, baseUrl: service }, real] = [upstream.credentials, 'https://api.mch.weixin.qq.com'];
  const others = [
    { ...title, service, merchant: '1900000009' },
    { ...title, service: real, merchant: mchid },
  ];
  await Promise.all(
    others.map(async (other, at) => {
      const file = path.join(folder, `other-${at}.jsonl`);
      await writeFile(file, `${JSON.stringify(other)}\n`);
      const refused = await couponMedia('relay', 'import', file, '--account', 'shop', ...accounts, ...data);
      expect(refused).toMatchObject({ code: 3, stdout: '' });
      for (const whose of [`${other.merchant} @ ${other.service}`, `${mchid} @ ${service}`])
        expect(refused.stderr).toContain(whose);
    }),
  );

  const forget = ['relay', 'forget', sha256(png), '--account', 'shop', ...data];
  expect(await couponMedia(...forget)).toMatchObject({ code: 0 });
  expect(await couponMedia(...forget)).toMatchObject({ code: 1 });
  expect(await post()).toMatchObject({ reused: false });
  expect(uploads()).toBe(before + 1);

  expect(await couponMedia('token', 'revoke', id, ...data)).toMatchObject({ code: 0 });
  await expect.poll(async () => (await post()).code, { timeout: 10_000 }).toBe('token-revoked');
  const listed = await couponMedia('token', 'list', ...data);
  expect(listed.stdout).toMatch(new RegExp(`^${id} {2}shop {2}upload,read {2}revoked on`));
  expect(listed.stdout).not.toContain(token);

  const { stdout } = await couponMedia('audit', '--json', ...data);
  const entries = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const expected = [
    ...['token-created done', 'import done', 'request reused', 'forget done'],
    ...['upload published', 'request published', 'token-revoked done'],
  ];
  // For a second after it was revoked, the token may still have been accepted.
  const happened = entries.map(({ event, outcome }) => `${event} ${outcome}`);
  expect(happened.slice(0, expected.length)).toEqual(expected);
  expect(entries.find(({ event }) => event === 'request')).toMatchObject({
    caller: id,
    door: 'plain',
    account: 'shop',
  });
});

test('audit --follow goes on with each entry as it is written, and shows none twice', async () => {
  const { folder, client } = await relayOfTest(await sandboxOfTest());
  const names = ['before.png', 'after.png', 'last.png'];
  const upload = async (name: string) =>
    client.uploadImage(await makeImage('png', 70 + names.indexOf(name)), { filename: name });
  await upload('before.png');
  const following = startCouponMedia('audit', '--follow', '--json', '--data', folder);
  for (const name of names) {
    if (name !== 'before.png') await upload(name);
    // The upload to upstream, and the request.
    const shown = async () => (await following.prints(name)).split(`"${name}"`).length - 1;
    await expect.poll(shown, { timeout: 20_000 }).toBe(2);
  }
  const { stdout } = await following.stop();
  const lines = stdout.trim().split('\n');
  expect(new Set(lines).size).toBe(lines.length);
  expect(lines).toHaveLength(6);
});

test('a folder that is not there is an error that names it, and nothing is made', async () => {
  const folder = path.join((await relayOfTest(await sandboxOfTest())).folder, 'typo');
  const commands = [['audit'], ['token', 'list'], ['relay', 'forget', '0'.repeat(64), '--account', 'shop']];
  for (const args of commands) {
    const ended = await couponMedia(...args, '--data', folder);
    expect(ended).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(`${folder} is not a data folder`),
    });
  }
  expect(readdirSync(path.dirname(folder))).not.toContain('typo');
});
