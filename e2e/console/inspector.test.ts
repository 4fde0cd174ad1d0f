import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { wholePng } from '../support/exchange.js';
import { browserOfFile, openPageOfTest } from './browser.js';
import { HOSTILE, sandboxToLookAt, WRONGLY_SIGNED } from './shown.js';

// Takes 40 s if it installs Chromium, otherwise 10.

const browserFor = browserOfFile();

test('a wrong signature: what was signed beside what should have been, the mistake, the stages and the bytes', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const { sandbox, baseUrl } = await sandboxToLookAt();
  const { page, troubles } = await openPageOfTest(browser, `${baseUrl}/console/#inspector`);
  await page.locator(`[data-request="${WRONGLY_SIGNED}"]`).click();
  await expect.poll(() => page.locator('#opened').textContent()).toBe(`Request #${WRONGLY_SIGNED}`);
  await expect.poll(() => page.locator('.mistake').textContent()).toContain('meta');
  // Whoever cannot see where the page went is told by the focus.
  expect(await page.evaluate('document.activeElement.id')).toBe('opened');

  const rows = page.locator('.compared tbody tr');
  expect(await rows.count()).toBe(5);
  expect(await page.locator('.compared tr.differs').count()).toBe(1);
  expect(await rows.nth(4).textContent()).toContain('Differs');
  // The two spaces that were signed and not sent are named, since nobody sees them.
  const marks = await page.locator('.compared td:last-child mark').allTextContents();
  expect(marks).toEqual(['space', 'space', 'space']);
  expect(await page.locator('tr', { hasText: 'Authenticate' }).textContent()).toContain('Refused');
  expect(await page.locator('tr', { hasText: 'Store' }).textContent()).toContain('Not reached');

  await page.getByRole('button', { name: 'Show the bytes' }).click();
  const [request] = sandbox.requests.filter(({ number }) => number === WRONGLY_SIGNED);
  const offset = request?.parts[0]?.offset ?? 0;
  const hex = page.getByLabel(/^In hex: Content of the part "meta"/).locator('pre');
  await expect.poll(() => hex.textContent()).toContain(offset.toString(16).padStart(8, '0'));
  expect(await hex.textContent()).toContain('7b 22 66 69 6c 65 6e 61 6d 65 22');

  await page.keyboard.press('Escape');
  await expect.poll(() => page.locator('.requests').count()).toBe(1);
  expect(await page.evaluate('document.activeElement.dataset.request')).toBe(String(WRONGLY_SIGNED));
  expect(troubles).toEqual([]);
});

test('what a sender wrote is text alone, and what cannot be seen of it is named', async ({ skip }) => {
  const browser = browserFor(skip);
  const { baseUrl } = await sandboxToLookAt();
  const { page, troubles } = await openPageOfTest(browser, `${baseUrl}/console/#inspector`);
  const name = page.locator('[data-request="2"] .name');
  await expect.poll(() => name.textContent()).toContain('<img src=x onerror=alert(1)>');
  expect(await name.textContent()).toContain('right-to-left override');
  expect(await name.textContent()).toContain('zero-width space');
  await page.goto(`${baseUrl}/console/#inspector/2`);
  await expect.poll(() => page.locator('.opened').textContent()).toContain('onerror');
  await page.getByRole('button', { name: 'Show the bytes' }).click();
  await expect.poll(() => page.locator('details').count()).toBeGreaterThan(2);
  expect(await page.locator('main img').count()).toBe(0);
  // No mark of direction is left where it could turn the page around.
  expect(await page.evaluate('/[\\u202a-\\u202e\\u2066-\\u2069]/u.test(document.body.textContent)')).toBe(
    false,
  );
  expect(HOSTILE).toContain('\u202e');
  expect(troubles).toEqual([]);
});

test('requests come as they end; pause holds them, filters choose, and each can be taken away and replayed', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const { sandbox, baseUrl } = await sandboxToLookAt();
  sandbox.faults.clear();
  const { page, troubles } = await openPageOfTest(browser, `${baseUrl}/console/#inspector`);
  const rows = page.locator('.requests > li');
  await expect.poll(() => rows.count()).toBe(4);
  const client = await sandbox.client();
  await client.uploadImage(wholePng(9), { filename: 'live.png' });
  await expect.poll(() => rows.first().textContent()).toContain('live.png');
  await page.getByRole('button', { name: 'Pause' }).click();
  await client.uploadImage(wholePng(10), { filename: 'held.png' });
  await expect.poll(() => page.getByRole('status').first().textContent()).toContain('1 request has come');
  expect(await rows.first().textContent()).toContain('live.png');
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect.poll(() => rows.first().textContent()).toContain('held.png');

  await page.getByLabel('Code').selectOption('SIGN_ERROR');
  await expect.poll(() => rows.count()).toBe(2);
  await page.getByLabel('Code').selectOption('');
  await page.getByLabel('Outcome').selectOption('succeeded');
  await page.getByLabel('Search').fill('HELD');
  await expect.poll(() => rows.count()).toBe(1);
  await page.getByLabel('Merchant').fill('1999');
  await expect.poll(() => page.getByText('No request passes').count()).toBe(1);
  await page.getByLabel('Merchant').fill('1900000001');
  await rows.first().locator('a').click();

  await page.getByRole('button', { name: 'Copy as curl' }).click();
  await expect
    .poll(() => page.evaluate<string>('navigator.clipboard.readText()'))
    .toContain("curl -X 'POST'");
  const [har] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download HAR' }).click(),
  ]);
  const { log } = JSON.parse(await readFile(await har.path(), 'utf8')) as { log: { entries: object[] } };
  expect(log.entries).toHaveLength(1);
  await page.getByRole('button', { name: 'Replay as it came' }).click();
  await expect.poll(() => page.getByText('Replayed as #7: SUCCESS').count()).toBe(1);
  expect(sandbox.requests.at(-1)?.replayOf).toBe(6);
  await page.getByRole('button', { name: 'Replay, signed by the sandbox' }).click();
  await expect.poll(() => page.getByText('Replayed as #8: SUCCESS').count()).toBe(1);
  expect(troubles).toEqual([]);
});

test('a fault is a switch: on with its probability and count, seen at once, and off again', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const { sandbox, baseUrl } = await sandboxToLookAt();
  const { page, troubles } = await openPageOfTest(browser, `${baseUrl}/console/#faults`);
  await expect.poll(() => page.getByText('1 fault is on').count()).toBe(1);
  await page.getByRole('button', { name: 'Switch off 429 now and then' }).click();
  await expect.poll(() => sandbox.faults.list()).toEqual([]);
  // The row is gone, and the focus with it; it goes on where the list was.
  expect(await page.evaluate('document.activeElement.id')).toBe('faults-on');
  await page.getByLabel('Probability of systemError').selectOption('50 %');
  await page.getByLabel('Times of systemError').selectOption('3 ×');
  await page.getByRole('switch', { name: 'systemError' }).check();
  await expect
    .poll(() => sandbox.faults.list().map(({ rule }) => rule))
    .toMatchObject([
      {
        name: 'console: systemError',
        request: { probability: 0.5 },
        response: { refusal: 'systemError' },
        count: 3,
      },
    ]);
  await page.getByRole('switch', { name: 'UNSIGNED' }).check();
  await expect.poll(() => page.getByText('2 faults are on').count()).toBe(1);
  expect(await page.locator('nav').textContent()).toContain('(2 on)');
  await page.getByRole('switch', { name: 'systemError' }).uncheck();
  await expect.poll(() => sandbox.faults.list().map(({ rule }) => rule.name)).toEqual(['console: UNSIGNED']);
  await page.getByRole('button', { name: 'Switch all off' }).click();
  await expect.poll(() => page.getByText('None is on').count()).toBe(1);
  expect(sandbox.faults.list()).toEqual([]);
  expect(await page.evaluate('document.activeElement.id')).toBe('faults-on');
  expect(troubles).toEqual([]);
});
