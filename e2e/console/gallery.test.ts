import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openRelayRecords } from '@coupon-media/relay';
import { openEmbeddedDatabase } from '@coupon-media/server';
import type { Browser, Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { seedImages } from '../gallery/seed.js';
import { makeImage } from '../support/images.js';
import { relayOfTest, type TestRelay } from '../support/relay.js';
import { sandboxOfTest, temporaryFolder } from '../support/sandbox.js';
import { APPEARANCES, accessibilityFindings, browserOfFile, openPageOfTest, type Theme } from './browser.js';
import { filesOf, give, relayWithToken, signIn } from './given.js';

// Takes 20 s: a browser, relays with some hundred images.

const browserFor = browserOfFile();

/** Names that would run, turn text around, or break out, if they were anything but text. */
const HOSTILE = '<img src=x onerror=alert(1)>\u202egnp.exe';

test('every image of both doors is there, can be looked at, searched, copied, and asked about', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const relay = await relayOfTest(await sandboxOfTest());
  const signed = await makeImage('png', 51);
  await relay.client.uploadImage(signed, { filename: '签名.png' });
  const { page, troubles, token } = await galleryOf(browser, relay);
  const cells = page.getByRole('gridcell');
  await expect.poll(() => cells.count()).toBe(1);
  // The thumbnail is drawn at this first look.
  await expect.poll(() => page.locator('.cell img').count()).toBe(1);

  // What is uploaded meanwhile appears by itself, and its name is text.
  const plain = await makeImage('png', 52);
  await upload(relay, token, plain, `${HOSTILE}.png`);
  await expect.poll(() => cells.count(), { timeout: 10_000 }).toBe(2);
  expect(await cells.nth(0).locator('bdi').textContent()).toBe(`${HOSTILE}.png`);
  const areOurs = `[...document.querySelectorAll('.cell img')].every(({ src }) => src.startsWith('blob:'))`;
  expect(await page.evaluate(areOurs)).toBe(true);
  expect(await accessibilityFindings(page)).toEqual([]);

  // The details, by the keyboard; the focus comes back.
  await cells.nth(0).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await expect.poll(() => dialog.getByText('签名.png').count()).toBe(1);
  await expect.poll(() => dialog.getByRole('row').count()).toBeGreaterThan(2);
  expect(await accessibilityFindings(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Copy JSON' }).click();
  const copied: unknown = JSON.parse(await page.evaluate<string>('navigator.clipboard.readText()'));
  expect(copied).toMatchObject({
    sha256: digestOf(signed),
    filename: '签名.png',
    image_url: expect.any(String),
  });
  await page.keyboard.press('Escape');
  await expect.poll(() => dialog.count()).toBe(0);
  expect(await page.evaluate('document.activeElement.dataset.place')).toBe('1');

  // Was it uploaded?
  const input = page.locator('.gallery input[type=file]');
  await input.setInputFiles(await fileOf('known.png', plain));
  await expect.poll(() => dialog.getByText(digestOf(plain), { exact: true }).count()).toBe(1);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await input.setInputFiles(await fileOf('other.png', await makeImage('png', 53)));
  await expect.poll(() => page.getByText('“other.png” was not uploaded as it is').count()).toBe(1);

  // Searched by the beginning of the name.
  await page.getByLabel('Search by').selectOption('filename');
  await page.getByLabel('Search for').fill('签');
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await expect.poll(() => cells.count()).toBe(1);
  expect(await cells.nth(0).locator('bdi').textContent()).toBe('签名.png');
  expect(troubles.filter(isOfPage)).toEqual([]);
});

test('of a sandbox the requests of an image are shown, and whoever may not read the audit of a relay reads what is needed', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const upstream = await sandboxOfTest({ door: true });
  await (await upstream.client()).uploadImage(await makeImage('png', 61), { filename: 'signed.png' });
  const { page, troubles } = await openPageOfTest(
    browser,
    `${upstream.credentials.baseUrl}/console/#gallery`,
  );
  await page.getByRole('gridcell').click();
  const dialog = page.getByRole('dialog');
  await expect.poll(() => dialog.getByRole('row').count()).toBe(2);
  expect(await dialog.getByRole('row').last().textContent()).toContain('SUCCESS');
  expect(await accessibilityFindings(page)).toEqual([]);
  await dialog.getByRole('link', { name: '#1' }).click();
  await expect.poll(() => page.locator('#opened').textContent()).toBe('Request #1');
  expect(troubles).toEqual([]);

  const { baseUrl, token } = await relayWithToken(upstream);
  const { page: other, troubles: others } = await openPageOfTest(browser, `${baseUrl}/console/`);
  await signIn(other, token);
  await give(other, await filesOf({ 'a.png': 1 }));
  await other.getByLabel('Make images fit').uncheck();
  await other.getByRole('button', { name: 'Upload', exact: true }).click();
  await expect.poll(() => other.getByText('1 in all, 1 done, 0 failed').count()).toBe(1);
  await other.getByRole('link', { name: 'Gallery' }).click();
  await other.getByRole('gridcell').click();
  await expect.poll(() => other.getByText('for tokens of scope admin').count()).toBe(1);
  expect(others).toEqual([]);
});

test('a long list has few elements, loads on by pages, and keeps the focus', async ({ skip }) => {
  const browser = browserFor(skip);
  const relay = await relayOfTest(await sandboxOfTest());
  await seeded(relay, 700);
  const { page, troubles } = await galleryOf(browser, relay);
  const cells = page.getByRole('gridcell');
  await expect.poll(() => cells.count()).toBeGreaterThan(10);
  expect(await cells.count()).toBeLessThan(100);
  expect(await page.getByRole('grid').getAttribute('aria-rowcount')).toBe('-1');
  expect(await cells.nth(0).textContent()).toContain('商品-000700.png');
  const focused = 'document.activeElement.textContent';
  const columns = Number(await page.getByRole('grid').getAttribute('aria-colcount'));
  await cells.nth(0).focus();
  await page.keyboard.press('ArrowDown');
  expect(await page.evaluate(focused)).toContain(`商品-000${700 - columns}.png`);
  // To the end of what is loaded, again and again, until all of it is.
  async function toTheEnd(): Promise<number> {
    await page.keyboard.press('Control+End');
    return page.getByText('700 in all').count();
  }
  await expect.poll(toTheEnd, { timeout: 10_000 }).toBe(1);
  await page.keyboard.press('Control+End');
  await expect.poll(() => page.evaluate(focused)).toContain('商品-000001.png');
  expect(await page.getByRole('grid').getAttribute('aria-rowcount')).toBe(`${Math.ceil(700 / columns)}`);
  // What has the focus stays in the document, wherever the list is scrolled to.
  await page.evaluate(`document.querySelector('.scroller').scrollTo(0, 0)`);
  await expect.poll(() => cells.nth(0).textContent()).toContain('商品-000700.png');
  expect(await page.evaluate(focused)).toContain('商品-000001.png');
  expect(troubles.filter(isOfPage)).toEqual([]);
});

test.for(APPEARANCES)(
  'axe finds nothing in the gallery in %s, %s, at %i pixels',
  async ([language, theme, width], { skip }) => {
    const browser = browserFor(skip);
    const relay = await relayOfTest(await sandboxOfTest());
    await seeded(relay, 30);
    const { page } = await galleryOf(browser, relay, { language, theme, width });
    await expect.poll(() => page.getByRole('gridcell').count()).toBeGreaterThan(3);
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.getByRole('gridcell').nth(1).click();
    await expect.poll(() => page.getByRole('dialog').count()).toBe(1);
    expect(await accessibilityFindings(page)).toEqual([]);
    // Nothing has to be scrolled sideways.
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  },
);

/** The browser tells of each 401 and 404: nobody is signed in yet, an image is not there, a row by SQL has no bytes. */
function isOfPage(trouble: string): boolean {
  return !/status of 40[14]\b/.test(trouble);
}

async function galleryOf(
  from: Browser,
  { baseUrl, folder }: TestRelay,
  options: { language?: string; theme?: Theme; width?: number } = {},
): Promise<{ page: Page; troubles: readonly string[]; token: string }> {
  const database = await openEmbeddedDatabase({ folder });
  const records = await openRelayRecords(database);
  const { text: token } = await records.tokens.create({
    ...{ name: 'gallery', account: 'shop', scopes: ['upload', 'read', 'admin'] },
  });
  await records.close();
  await database.close();
  const { page, troubles } = await openPageOfTest(from, `${baseUrl}/console/#gallery`, options);
  await page.locator('#token').fill(token);
  await page.locator('.access button[type=submit]').click();
  return { page, troubles, token };
}

async function seeded({ folder }: TestRelay, rows: number): Promise<void> {
  const database = await openEmbeddedDatabase({ folder });
  await seedImages(database, 'relay_upload', rows);
  await database.close();
}

async function upload({ baseUrl }: TestRelay, token: string, image: Buffer, filename: string): Promise<void> {
  const answer = await fetch(`${baseUrl}/v1/images?filename=${encodeURIComponent(filename)}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'image/png' },
    body: new Uint8Array(image),
  });
  expect(answer.status).toBe(200);
}

async function fileOf(name: string, bytes: Buffer): Promise<string> {
  const folder = await temporaryFolder();
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, name);
  await writeFile(file, bytes);
  return file;
}

const digestOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
