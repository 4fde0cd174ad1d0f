import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startSandbox } from '@coupon-media/sandbox';
import type { Browser, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { makeImage } from '../support/images.js';
import { quietPort } from '../support/quiet-port.js';
import { relayOfTest } from '../support/relay.js';
import { sandboxOfTest } from '../support/sandbox.js';
import { smallDisk } from '../support/small-disk.js';
import { accessibilityFindings, browserOfFile, openPageOfTest } from './browser.js';
import { acceptedTimes, ended, filesOf, give, lookedAt, signIn, upload } from './given.js';

/**
 * What goes wrong around the page: network, server, disk, quota, session, a second tab. Each is seen on screen with what to do, every image
 * ends with its URL, and none is sent twice. Takes 40 s if it installs Chromium, otherwise 30.
 */

const browserFor = browserOfFile();

test('no network, before and in the middle: it is said once for all, and goes on when the network is back', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const { page, upstream } = await signedIn(browser, SLOW);
  await give(page, await filesOf(numbered(1, 12)));
  await lookedAt(page);
  await page.getByLabel('Make images fit').uncheck();
  await page.context().setOffline(true);
  await upload(page);
  await expect.poll(() => heldBy(page)).toContain('The server cannot be reached. This goes on by itself');
  expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(1);
  expect(acceptedTimes(upstream)).toEqual([]);
  await page.context().setOffline(false);
  await expect.poll(() => doneOf(page)).toBeGreaterThan(0);
  await page.context().setOffline(true);
  await expect.poll(() => heldBy(page)).toContain('The server cannot be reached.');
  await page.context().setOffline(false);
  await ended(page, 12);
  expect(await heldBy(page)).toBe('');
  expect(acceptedTimes(upstream)).toEqual(Array(12).fill(1));
});

test('the server restarts in the middle: what it had done is found again, and the rest goes on, in the same session', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const port = await quietPort();
  const { page, relay, upstream } = await signedIn(browser, SLOW, { settings: { port } });
  await give(page, await filesOf(numbered(1, 12)));
  await lookedAt(page);
  await page.getByLabel('Make images fit').uncheck();
  await upload(page);
  await expect.poll(() => doneOf(page)).toBeGreaterThan(0);
  await relay.stop();
  await expect.poll(() => heldBy(page)).toContain('The server cannot be reached.');
  await relayOfTest(upstream, { folder: relay.folder, settings: { port } });
  await ended(page, 12);
  expect(await page.getByText('Signed in: test').count()).toBe(1);
  expect(acceptedTimes(upstream)).toEqual(Array(12).fill(1));
});

test('a full disk: the page says that nothing is lost, asks by itself, and is done once there is room', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  skip(process.getuid?.() !== 0, 'only root may mount a small disk');
  const disk = await smallDisk(32 * 1024 * 1024);
  const folder = path.join(disk, 'relay');
  await mkdir(folder);
  const callers = await startSandbox({ folder, port: 0, keys: 'own' });
  await callers.stop();
  const { page, upstream } = await signedIn(browser, {}, { folder });
  const images = await filesOf({ 'a.bmp': 1, 'b.bmp': 2 });
  // Longer than what any page of a file has left.
  for (const [number, image] of images.entries()) await writeFile(image, await makeImage('bmp', number, 400));
  await give(page, images);
  await lookedAt(page);
  await page.getByLabel('Make images fit').uncheck();
  const filling = path.join(disk, 'filling');
  await writeFile(filling, Buffer.alloc(64 * 1024 * 1024)).catch(() => undefined);
  await upload(page);
  await expect
    .poll(() => heldBy(page))
    .toMatch(/The store is not available: .*Nothing is lost.* Tried again by itself after 1 s/);
  expect(await accessibilityFindings(page)).toEqual([]);
  expect(acceptedTimes(upstream)).toEqual([]);
  await rm(filling);
  await ended(page, 2);
  expect(acceptedTimes(upstream)).toEqual([1, 1]);
});

test('429 for a minute: it is said for how long, nothing is asked before, and a token without the quota need not wait', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const upstream = await sandboxOfTest();
  const relay = await relayOfTest(upstream);
  const { page } = await openPageOfTest(browser, `${relay.baseUrl}/console/`);
  await signIn(page, await relay.createToken('shop', 1 / 60));
  await expect.poll(() => page.getByText('Signed in: test').count()).toBe(1);
  await page.clock.install();
  let asked = 0;
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().includes('/v1/images')) asked += 1;
  });
  await give(page, await filesOf(numbered(1, 2)));
  await lookedAt(page);
  await upload(page);
  await expect
    .poll(() => heldBy(page))
    .toMatch(/The quota of the token is used up: .* Tried again by itself after (?:60|59) s/);
  await expect.poll(() => doneOf(page)).toBe(1);
  expect(asked).toBe(2);
  await page.clock.runFor(45_000);
  expect(asked).toBe(2);
  // The server has not waited: it says the same again.
  await page.clock.runFor(20_000);
  await expect.poll(() => asked).toBe(3);
  await expect.poll(() => heldBy(page)).toContain('The quota of the token is used up');

  await page.getByRole('button', { name: 'Sign out' }).click();
  await signIn(page, await relay.createToken());
  await expect.poll(() => page.getByText('Signed in: test').count()).toBe(1);
  // A lane of the page looks up once a second.
  await page.clock.runFor(2_000);
  await ended(page, 2);
  expect(acceptedTimes(upstream)).toEqual([1, 1]);
});

test('two tabs upload at once, half of it the same: each has its URLs, and nothing is sent twice', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const { page: first, relay, upstream } = await signedIn(browser, SLOW);
  const second = await first.context().newPage();
  await second.goto(`${relay.baseUrl}/console/`);
  await expect.poll(() => second.getByText('Signed in').count()).toBe(1);
  const files = await filesOf(numbered(1, 6));
  await give(first, files.slice(0, 4));
  await give(second, files.slice(2));
  await Promise.all([lookedAt(first), lookedAt(second)]);
  await Promise.all([upload(first), upload(second)]);
  await Promise.all([ended(first, 4), ended(second, 4)]);
  const [own, others] = await Promise.all([urlsOf(first), urlsOf(second)]);
  expect(own.slice(2)).toEqual(others.slice(0, 2));
  expect(new Set([...own, ...others]).size).toBe(6);
  expect(acceptedTimes(upstream)).toEqual(Array(6).fill(1));
  // Neither has written over the list of the other.
  for (const page of [first, second]) await page.reload();
  await Promise.all([ended(first, 4), ended(second, 4)]);
});

test('a session that is over while a long image is sent is told as that, and not as a network that is away', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const { page, relay, token, upstream } = await signedIn(browser);
  const [file = ''] = await filesOf({ 'large.bmp': 1 });
  await writeFile(file, await makeImage('bmp', 1, 2800));
  await give(page, [file]);
  await lookedAt(page);
  const [cookie] = await page.context().cookies();
  await fetch(`${relay.baseUrl}/v1/session`, {
    method: 'DELETE',
    headers: {
      Cookie: `${cookie?.name}=${cookie?.value}`,
      'Sec-Fetch-Site': 'same-origin',
      'Coupon-Media-Console': '1',
    },
  });
  await upload(page);
  await expect.poll(() => page.getByRole('alert').textContent()).toContain('The session is over');
  expect(acceptedTimes(upstream)).toEqual([]);
  await signIn(page, token);
  await ended(page, 1);
  expect(acceptedTimes(upstream)).toEqual([1]);
});

/** An upstream that takes a while for each image, so that there is a middle. */
const SLOW = { faults: [{ response: { fixedDelayMilliseconds: 300 } }] };

/** A page at a relay that knows who uses it. */
async function signedIn(
  from: Browser,
  upstreamShape: Parameters<typeof sandboxOfTest>[0] = {},
  shape: Parameters<typeof relayOfTest>[1] = {},
) {
  const upstream = await sandboxOfTest(upstreamShape);
  const relay = await relayOfTest(upstream, shape);
  const token = await relay.createToken();
  const { page } = await openPageOfTest(from, `${relay.baseUrl}/console/`);
  await signIn(page, token);
  await expect.poll(() => page.getByText('Signed in: test').count()).toBe(1);
  return { page, relay, token, upstream };
}

function numbered(from: number, to: number): Record<string, number> {
  const numbers = Array.from({ length: to - from + 1 }, (_, at) => from + at);
  return Object.fromEntries(numbers.map((number) => [`${number}.png`, number]));
}

/** What the page says of all uploads at once: why none is sent now. */
async function heldBy(page: Page): Promise<string> {
  return (await page.locator('.controls p[role=status]').textContent()) ?? '';
}

function doneOf(page: Page): Promise<number> {
  return page.locator('code.url').count();
}

function urlsOf(page: Page): Promise<string[]> {
  return page.locator('code.url').allTextContents();
}
