import type { Browser, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { sandboxOfTest } from '../support/sandbox.js';
import { accessibilityFindings, browserOfFile, openPageOfTest } from './browser.js';
import { acceptedTimes, ended, filesOf, give, lookedAt, relayWithToken, signIn, upload } from './given.js';

// Takes 40 s if it installs Chromium, otherwise 15.

const browserFor = browserOfFile();

/** So slow that there is time to look. */
const SLOW = { faults: [{ response: { fixedDelayMilliseconds: 400 } }] };

test('progress in all, rate and time left; a pause lets arrive what is on its way; what was cancelled is sent once, too', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const { page, upstream, troubles } = await signedIn(browser, SLOW);
  await give(page, await filesOf(Object.fromEntries(NUMBERS.map((number) => [`${number}.png`, number]))));
  await lookedAt(page);
  await page.getByLabel('Make images fit').uncheck();
  await upload(page);
  await expect.poll(() => page.getByText(/^\d+\.\d a second, about \d+ s left$/).count()).toBe(1);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect.poll(() => page.getByText(/\d+% sent/).count()).toBe(0);
  const done = await page.locator('code.url').count();
  expect(await page.getByText('Waiting', { exact: true }).count()).toBe(NUMBERS.length - done);
  expect(await page.evaluate<number>('document.querySelector("progress").value')).toBe(done);
  expect(await accessibilityFindings(page)).toEqual([]);
  expect(acceptedTimes(upstream)).toHaveLength(done);
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect.poll(() => page.locator('code.url').count()).toBeGreaterThan(done);

  await expect.poll(() => page.getByText(/\d+% sent/).count()).toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect.poll(() => page.getByText(/\d+% sent|^Waiting$/).count()).toBe(0);
  expect(await page.getByText('Not uploaded', { exact: true }).count()).toBeGreaterThan(0);
  await upload(page);
  await ended(page, NUMBERS.length);
  expect(acceptedTimes(upstream)).toEqual(NUMBERS.map(() => 1));
  expect(troubles).toEqual([]);
});

test('what was refused says why, and a retry sends that and nothing else', async ({ skip }) => {
  const browser = browserFor(skip);
  const refusal = { count: 1, response: { refusal: 'permissionMissing' as const } };
  const { page, upstream } = await signedIn(browser, { faults: [refusal] });
  await give(page, await filesOf({ 'a.png': 1, 'b.png': 2, 'c.png': 3 }));
  await lookedAt(page);
  await upload(page);
  await ended(page, 2, 1);
  expect(await page.locator('li.item').filter({ hasText: 'Failed' }).textContent()).toContain(
    'Upstream refused the permission',
  );
  await page.getByRole('button', { name: 'Retry the 1 that failed' }).click();
  await ended(page, 3);
  expect(acceptedTimes(upstream)).toEqual([1, 1, 1]);
  expect(upstream.requests.filter((request) => request.upload)).toHaveLength(4);
});

const NUMBERS = Array.from({ length: 24 }, (_, number) => number);

async function signedIn(
  from: Browser,
  shape: Parameters<typeof sandboxOfTest>[0] = {},
): Promise<{ page: Page; troubles: readonly string[]; upstream: Awaited<ReturnType<typeof sandboxOfTest>> }> {
  const upstream = await sandboxOfTest(shape);
  const { baseUrl, token } = await relayWithToken(upstream);
  const { page, troubles } = await openPageOfTest(from, `${baseUrl}/console/`);
  await signIn(page, token);
  await expect.poll(() => page.getByText('Signed in').count()).toBe(1);
  return { page, troubles, upstream };
}
