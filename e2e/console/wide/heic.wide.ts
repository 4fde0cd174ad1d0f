import { expect, test } from 'vitest';
import { sandboxOfTest } from '../../support/sandbox.js';
import { accessibilityFindings, browserOfFile, openPageOfTest } from '../browser.js';
import { acceptedTimes, give, lookedAt, relayWithToken, signIn, upload } from '../given.js';

const browserFor = browserOfFile();

// Takes 20 s: a decoder in WebAssembly has its forty megapixels three times.
test('a HEIC of forty megapixels: its verdict says what will be done, it is shown before and after, and it arrives', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const upstream = await sandboxOfTest();
  const { baseUrl, token } = await relayWithToken(upstream);
  const { page, troubles } = await openPageOfTest(browser, `${baseUrl}/console/`);
  await signIn(page, token);
  await give(page, ['packages/prepare/test/fixtures/forty-megapixels.heic']);
  await lookedAt(page);
  const row = page.locator('li.item');
  expect(await row.textContent()).toContain('Will be made to fit: Not a JPG, PNG or BMP');
  await page.getByRole('button', { name: 'Adjust forty-megapixels.heic' }).click();
  const dialog = page.getByRole('dialog');
  // The browser cannot show it: the server makes both pictures.
  await expect.poll(() => dialog.locator('img').count(), { timeout: 60_000 }).toBeGreaterThan(1);
  await expect.poll(() => dialog.getByText('What changed').count(), { timeout: 60_000 }).toBe(1);
  expect(await accessibilityFindings(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await upload(page);
  await expect.poll(() => page.getByText('1 in all, 1 done, 0 failed').count(), { timeout: 60_000 }).toBe(1);
  expect(await row.textContent()).toMatch(/7296|5472/);
  expect(acceptedTimes(upstream)).toEqual([1]);
  expect(troubles).toEqual([]);
}, 180_000);
