import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { prepareImage } from '@coupon-media/prepare';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { makeImage } from '../support/images.js';
import { couponMedia } from '../support/run.js';
import { sandboxOfTest } from '../support/sandbox.js';
import { accessibilityFindings, browserOfFile, openPageOfTest } from './browser.js';
import { filesOf, give, relayWithToken, signIn } from './given.js';

const browserFor = browserOfFile();

test('an image is cut by keyboard and by dragging, and page, command and package give the same bytes', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const upstream = await sandboxOfTest();
  const { baseUrl, token } = await relayWithToken(upstream);
  const { page, troubles } = await openPageOfTest(browser, `${baseUrl}/console/`);
  await signIn(page, token);
  const [file = ''] = await filesOf({ 'wide.png': 7, 'other.png': 8 });
  await writeFile(file, await makeImage('png', 7, 800));
  await give(page, [file, path.join(path.dirname(file), 'other.png')]);
  await page.getByRole('button', { name: 'Adjust wide.png' }).click();
  const dialog = page.getByRole('dialog');
  await expect.poll(() => dialog.getByText('What changed').count(), { timeout: 20_000 }).toBe(1);
  await dialog.getByLabel('Zoom').press('End');
  await dialog.getByLabel('Left to right').press('Home');
  const frame = await dialog.locator('.frame').boundingBox();
  if (!frame) throw new Error('the picture is not shown');
  await page.mouse.move(frame.x + 5, frame.y + 5);
  await page.mouse.down();
  await page.mouse.move(frame.x + 25, frame.y + 5, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => dialog.getByLabel('Left to right').inputValue()).not.toBe('0');
  await expect.poll(() => dialog.getByText('Working').count(), { timeout: 20_000 }).toBe(0);
  await expect.poll(() => dialog.getByText('Enlarged').count(), { timeout: 20_000 }).toBe(1);
  expect(await accessibilityFindings(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Use it for all 2 of this slot' }).click();
  await expect.poll(() => page.getByText('Adjust (adjusted)').count()).toBe(1);

  const sent = page.waitForRequest((request) => request.url().includes('crop='));
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  const crop = new URL((await sent).url()).searchParams.get('crop') ?? '';
  await expect.poll(() => page.getByText('2 in all, 2 done, 0 failed').count(), { timeout: 30_000 }).toBe(1);
  const [left = 0, top = 0, width = 0, height = 0] = crop.split(',').map(Number);
  const made = await prepareImage(file, { slot: 'background', crop: { left, top, width, height } });
  const digest = createHash('sha256').update(made.bytes).digest('hex');
  const [json] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download JSON' }).click(),
  ]);
  expect(await readFile(await json.path(), 'utf8')).toContain(digest);
  const profile = ['--profile', upstream.credentialsPath, '--no-ledger', '--json'];
  const { stdout } = await couponMedia(
    ...['upload', '--slot', 'background', '--prepare', '--enlarge', '--crop', crop, ...profile, file],
  );
  expect(stdout).toContain(digest);
  expect(troubles).toEqual([]);
}, 90_000);

test('a CSV says which file is for which coupon; the list outlives a reload, and what was not sent is asked for by name', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const { baseUrl, token } = await relayWithToken(await sandboxOfTest());
  const { page, troubles } = await openPageOfTest(browser, `${baseUrl}/console/`);
  page.on('dialog', (asked) => asked.accept());
  await signIn(page, token);
  const files = await filesOf({ 'a.png': 1, 'b.png': 2, 'c.png': 3, 'd.png': 4 });
  const table = path.join(path.dirname(files[0] ?? ''), 'plan.csv');
  await writeFile(table, PLAN);
  await give(page, [table, ...files.slice(0, 3)]);
  await expect.poll(() => page.getByText('CSV: 3 rows found their file').count()).toBe(1);
  await expect.poll(() => page.getByText('2 files are lacking, to be added: z.png').count()).toBe(1);
  await expect.poll(() => page.getByText('1 row names an address').count()).toBe(1);
  await give(page, files.slice(3));
  await expect.poll(() => page.locator('li.item').count()).toBe(4);
  await expect.poll(() => page.getByText('Looking').count()).toBe(0);

  await page.getByLabel('Coupon', { exact: true }).selectOption('summer');
  await page.getByRole('button', { name: 'Preview the coupon' }).click();
  const dialog = page.getByRole('dialog');
  // Icon twice, background once, details once: in light and in dark.
  await expect.poll(() => dialog.locator('img').count(), { timeout: 30_000 }).toBe(8);
  expect(await accessibilityFindings(page)).toEqual([]);
  const [kept] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Export' }).click(),
  ]);
  const html = await readFile(await kept.path(), 'utf8');
  expect(html.match(/src="data:image\/(?:png|jpeg);base64,/g)).toHaveLength(8);
  expect(html).not.toMatch(/<script|blob:|https?:/);
  await dialog.getByRole('button', { name: 'Close' }).click();

  await page.getByLabel('Make images fit').uncheck();
  const last = page.locator('li.item').nth(3);
  await last.getByRole('button', { name: 'Remove d.png' }).click();
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await expect.poll(() => page.getByText('3 in all, 3 done, 0 failed').count(), { timeout: 30_000 }).toBe(1);
  await page.getByRole('button', { name: 'Copy the coupon’s JSON' }).click();
  const urls = await urlsOf(page);
  expect(JSON.parse(await page.evaluate<string>('navigator.clipboard.readText()'))).toEqual({
    // In the order of the CSV, which names the last file first.
    display_info: { image_url: urls[2], background_url: urls[1], detail_image_url_list: [urls[0]] },
  });

  await give(page, files.slice(3));
  await expect.poll(() => page.locator('li.item').count()).toBe(4);
  await page.reload();
  await expect.poll(() => page.getByText('4 in all, 3 done, 0 failed').count()).toBe(1);
  expect(await urlsOf(page)).toEqual(urls);
  expect(await page.evaluate<number>('JSON.stringify({ ...sessionStorage }).length')).toBeLessThan(4000);
  expect(await page.getByText('1 file of the list must be chosen again').count()).toBe(1);
  expect(await accessibilityFindings(page)).toEqual([]);
  await give(page, files.slice(3));
  await expect.poll(() => page.getByText('Choose this file again').count()).toBe(0);
  expect(await page.locator('li.item').count()).toBe(4);
  expect(troubles).toEqual([]);
}, 90_000);

/** As a Chinese Excel saves it: GB18030. 文件,用途,商品券 and 图标, 背景图, 详情. */
const PLAN = Buffer.concat([
  Buffer.from('cec4bcfe2cd3c3cdbe2cc9ccc6b7c8af', 'hex'),
  Buffer.from('\r\nc.png,'),
  Buffer.from('cdbcb1ea', 'hex'),
  Buffer.from(',summer\r\nB.PNG,'),
  Buffer.from('b1b3beb0cdbc', 'hex'),
  Buffer.from(',summer\r\na.png,'),
  Buffer.from('cfeac7e9', 'hex'),
  Buffer.from(',summer\r\nz.png,detail,winter\r\nhttps://images.example/y.png,detail,winter\r\n'),
]);

function urlsOf(page: Page): Promise<string[]> {
  return page.locator('code.url').allTextContents();
}
