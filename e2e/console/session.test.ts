import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { sandboxOfTest } from '../support/sandbox.js';
import { browserOfFile, openPageOfTest } from './browser.js';
import { filesOf, relayWithToken, signIn } from './given.js';

// Takes 40 s if it installs Chromium, otherwise 10.

const browserFor = browserOfFile();

test('a token is asked for until it is right, and then it is nowhere in the browser', async ({ skip }) => {
  const browser = browserFor(skip);
  const { baseUrl, token } = await relayWithToken(await sandboxOfTest());
  const { page } = await openPageOfTest(browser, `${baseUrl}/console/`);
  await signIn(page, 'no token');
  await expect.poll(() => page.getByRole('alert').textContent()).toContain('Copy it whole');
  await signIn(page, `${token.slice(0, -43)}${'A'.repeat(43)}`);
  await expect.poll(() => page.getByRole('alert').textContent()).toContain('not valid');
  await signIn(page, token);
  await expect.poll(() => page.getByText('Signed in: console, account shop').count()).toBe(1);

  const [cookie, ...others] = await page.context().cookies();
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/', domain: '127.0.0.1' });
  expect(others).toEqual([]);
  const kept = await keptIn(page);
  expect(kept).toContain('coupon-media');
  expect(kept).not.toContain(token.slice(17));
  expect(kept).not.toContain(cookie?.value.slice(17));
  // It outlives a reload, which a token in memory would not.
  await page.reload();
  await expect.poll(() => page.getByText('Signed in').count()).toBe(1);
});

test('a session that is over in the middle: what waits stays waiting, and goes on with the next one', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const upstream = await sandboxOfTest();
  const { baseUrl, token } = await relayWithToken(upstream);
  const { page } = await openPageOfTest(browser, `${baseUrl}/console/`);
  await signIn(page, token);
  await expect.poll(() => page.getByText('Signed in').count()).toBe(1);
  await chooseImage(page);
  const [cookie] = await page.context().cookies();
  const ended = await fetch(`${baseUrl}/v1/session`, {
    method: 'DELETE',
    headers: {
      Cookie: `${cookie?.name}=${cookie?.value}`,
      'Sec-Fetch-Site': 'same-origin',
      'Coupon-Media-Console': '1',
    },
  });
  expect(ended.status).toBe(204);
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await expect.poll(() => page.getByRole('alert').textContent()).toContain('The session is over');
  expect(await page.locator('li.item').count()).toBe(1);
  expect(upstream.requests.filter(({ upload }) => upload)).toHaveLength(0);
  await signIn(page, token);
  await expect.poll(() => page.getByText('1 in all, 1 done, 0 failed').count(), { timeout: 30_000 }).toBe(1);
  expect(upstream.requests.filter(({ upload }) => upload)).toHaveLength(1);
});

test('two tabs have one session: whoever leaves one leaves both, and whoever comes back to one is let in again', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const { baseUrl, token } = await relayWithToken(await sandboxOfTest());
  const { page: first } = await openPageOfTest(browser, `${baseUrl}/console/`);
  await signIn(first, token);
  await expect.poll(() => first.getByText('Signed in').count()).toBe(1);
  const second = await first.context().newPage();
  await second.goto(`${baseUrl}/console/`);
  await expect.poll(() => second.getByText('Signed in').count()).toBe(1);

  await chooseImage(first);
  await second.getByRole('button', { name: 'Sign out' }).click();
  await expect.poll(() => second.getByLabel('Token').count()).toBe(1);
  await first.getByRole('button', { name: 'Upload', exact: true }).click();
  await expect.poll(() => first.getByLabel('Token').count()).toBe(1);
  expect(await first.context().cookies()).toEqual([]);

  await signIn(second, token);
  await expect.poll(() => second.getByText('Signed in').count()).toBe(1);
  await first.evaluate("dispatchEvent(new Event('focus'))");
  await expect.poll(() => first.getByText('1 in all, 1 done, 0 failed').count(), { timeout: 30_000 }).toBe(1);
});

test('a sandbox asks for no token: an image is dropped, and its URL is there', async ({ skip }) => {
  const browser = browserFor(skip);
  const sandbox = await sandboxOfTest({ door: true });
  const { page, troubles } = await openPageOfTest(browser, `${sandbox.credentials.baseUrl}/`);
  await chooseImage(page);
  expect(await page.getByLabel('Token').count()).toBe(0);
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await expect.poll(() => page.locator('code.url').count(), { timeout: 30_000 }).toBe(1);
  const url = (await page.locator('code.url').textContent()) ?? '';
  expect(url).toMatch(new RegExp(`^${sandbox.credentials.baseUrl}/images/[0-9a-f]{64}\\.png$`));
  expect((await fetch(url)).headers.get('content-type')).toBe('image/png');
  const [recorded] = sandbox.requests.filter(({ upload }) => upload);
  expect(recorded).toMatchObject({ outcome: 'SUCCESS', caller: 'page', upload: { filename: 'a.png' } });
  expect(troubles).toEqual([]);
});

async function chooseImage(page: Page): Promise<void> {
  await page.setInputFiles('input[type=file] >> nth=0', await filesOf({ 'a.png': 96 }));
  await page.getByLabel('Make images fit').uncheck();
  await expect.poll(() => page.getByText('Looking').count()).toBe(0);
  await expect.poll(() => page.locator('li.item img').count()).toBe(1);
}

/** Everything that a script of the page could read later: its storage, its cookies, and the document. */
function keptIn(page: Page): Promise<string> {
  return page.evaluate<string>(`(async () => JSON.stringify([
    { ...localStorage }, { ...sessionStorage }, document.cookie, await indexedDB.databases(), await caches.keys(),
    document.documentElement.outerHTML, [...document.querySelectorAll('input')].map(({ value }) => value),
  ]))()`);
}
