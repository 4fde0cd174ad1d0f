import { expect, test } from 'vitest';
import { wholePng } from '../support/exchange.js';
import { sandboxOfTest } from '../support/sandbox.js';
import { accessibilityFindings, browserOfFile, openPageOfTest } from './browser.js';

// Takes 40 s if it installs Chromium, otherwise 5.

const browserFor = browserOfFile();

test('a sandbox without the plain door has its rooms for engineers, and says what it lacks', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const sandbox = await sandboxOfTest();
  const { page, troubles } = await openPageOfTest(browser, `${sandbox.credentials.baseUrl}/console/`);
  const rooms = page.locator('nav a');
  await expect.poll(() => rooms.allTextContents()).toEqual(['Upload', 'First use', 'Requests', 'Faults']);
  expect(await page.locator('.access').textContent()).toContain('This server has no /v1');

  await rooms.nth(1).click();
  await expect.poll(() => page.getByText(sandbox.credentials.mchid).count()).toBeGreaterThan(0);
  await (await sandbox.client()).uploadImage(wholePng(1), { filename: 'a.png' });
  await expect.poll(() => page.getByText('Well done').count()).toBe(1);
  expect(await accessibilityFindings(page)).toEqual([]);

  await rooms.nth(2).click();
  await expect.poll(() => page.locator('.request', { hasText: 'a.png' }).count()).toBe(1);
  await rooms.nth(3).click();
  await page.getByRole('switch', { name: 'systemError' }).check();
  await expect.poll(() => sandbox.faults.list()).toHaveLength(1);
  await expect.poll(() => rooms.nth(3).textContent()).toContain('(1 on)');
  // It is asked whether it has the door, and Chromium reports that answer.
  expect(troubles.filter((trouble) => !trouble.includes('404'))).toEqual([]);
});
