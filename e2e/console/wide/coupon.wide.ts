import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { startCouponMedia } from '../../support/run.js';
import { temporaryFolder } from '../../support/sandbox.js';
import { browserOfFile, openPageOfTest } from '../browser.js';
import { filesOf, give } from '../given.js';

/** Clicks that leave no trace in the page: the button for files, the files in the system's dialog (all at once), and Open there. */
const TO_CHOOSE_FILES = 3;
/** A menu is opened, and something in it is chosen. */
const TO_CHOOSE_IN_MENU = 2;

const browserFor = browserOfFile();

test('from the start of a sandbox to the JSON of a coupon with three URLs', async ({ skip }) => {
  const browser = browserFor(skip);
  const files = await filesOf({ 'icon.png': 1, 'background.png': 2, 'detail.png': 3 });
  const folder = await temporaryFolder();
  const began = performance.now();
  // What `npm start` runs once everything is installed and built.
  const sandbox = startCouponMedia('sandbox', '--port', '0', '--data', folder);
  onTestFinished(() => sandbox.stop().then(() => undefined));
  const printed = await sandbox.prints('http://127.0.0.1:');
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0] ?? '';
  const started = performance.now();
  const { page } = await openPageOfTest(browser, `${url}/`);
  const clicks = countClicks(page);
  // A sandbox may let its own page in without a token.
  if (await page.getByLabel('Token').isVisible()) {
    await page.getByLabel('Token').fill((await readFile(path.join(folder, 'token.txt'), 'utf8')).trim());
    await clicks.on('button', 'Sign in');
  }
  await give(page, files);
  clicks.made += TO_CHOOSE_FILES;
  // The third image is a background, as every new one is.
  for (const [name, slot] of [
    ['icon.png', 'icon'],
    ['detail.png', 'detail'],
  ] as const) {
    await page.getByLabel(`Slot of ${name}`).selectOption(slot);
    clicks.made += TO_CHOOSE_IN_MENU;
  }
  await expect.poll(() => page.getByText('Looking').count()).toBe(0);
  await clicks.on('button', 'Upload');
  await expect.poll(() => page.getByText('3 in all, 3 done, 0 failed').count(), { timeout: 60_000 }).toBe(1);
  await clicks.on('button', 'Copy the coupon’s JSON');
  await expect.poll(() => page.getByText('Copied').count()).toBe(1);
  const { display_info: display } = JSON.parse(await page.evaluate<string>('navigator.clipboard.readText()'));
  expect(Object.keys(display)).toEqual(['image_url', 'background_url', 'detail_image_url_list']);
  const ended = performance.now();
  process.stdout.write(
    `from the command to the page's address ${seconds(began, started)} s, to the JSON ${seconds(began, ended)} s; ` +
      `clicks ${clicks.made}, of these ${TO_CHOOSE_FILES} to choose the files\n`,
  );
}, 180_000);

function countClicks(page: Page) {
  const clicks = {
    made: 0,
    async on(role: 'button', name: string): Promise<void> {
      clicks.made += 1;
      await page.getByRole(role, { name, exact: true }).click();
    },
  };
  return clicks;
}

function seconds(from: number, to: number): string {
  return ((to - from) / 1000).toFixed(1);
}
