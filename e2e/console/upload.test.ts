import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { sandboxOfTest } from '../support/sandbox.js';
import { APPEARANCES, accessibilityFindings, browserOfFile, openPageOfTest } from './browser.js';
import { filesOf, give, relayWithToken, signIn } from './given.js';

// Takes 40 s if it installs Chromium, otherwise 15.

const browserFor = browserOfFile();

test('files get a verdict before anything is sent, and URLs afterwards, without a mistake on the page', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const upstream = await sandboxOfTest();
  const { baseUrl, token } = await relayWithToken(upstream);
  const { page, troubles } = await openPageOfTest(browser, `${baseUrl}/`);
  expect(page.url()).toBe(`${baseUrl}/console/`);
  await signIn(page, token);
  const hostile = '<img src=x onerror=alert(1)>.png';
  await give(page, await filesOf({ '=1+1.png': 96, [hostile]: 97 }));
  const rows = page.locator('li.item');
  await expect.poll(() => rows.count()).toBe(2);
  await expect.poll(() => rows.nth(0).textContent()).toContain('Should be 1170 × 1326, and is 96 × 96');
  expect(upstream.requests.filter(({ upload }) => upload)).toHaveLength(0);
  expect(await accessibilityFindings(page)).toEqual([]);

  // As they are: the service takes them, whatever their shape.
  await page.getByLabel('Make images fit').uncheck();
  await rows.nth(1).getByRole('combobox').selectOption('icon');
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await expect.poll(() => page.getByText('2 in all, 2 done, 0 failed').count(), { timeout: 30_000 }).toBe(1);
  const urls = await page.locator('code.url').allTextContents();
  expect(urls).toHaveLength(2);
  for (const url of urls) expect((await fetch(url)).status).toBe(200);
  await page.getByRole('button', { name: 'Copy the coupon’s JSON' }).click();
  expect(JSON.parse(await page.evaluate<string>('navigator.clipboard.readText()'))).toEqual({
    display_info: { image_url: urls[1], background_url: urls[0] },
  });
  const [csv] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download CSV' }).click(),
  ]);
  const [head, first, second, ...more] = (await readFile(await csv.path(), 'utf8')).split('\r\n');
  // The mark at its beginning makes Excel read UTF-8.
  expect(head).toBe('\ufefffile,slot,width,height,sha256,image_url');
  expect(first).toMatch(/^'=1\+1\.png,Background,96,96,[0-9a-f]{64},http:/);
  expect(second).toContain(`${hostile},Icon,96,96,`);
  expect(more).toEqual(['']);
  expect(await rows.nth(1).locator('bdi').textContent()).toBe(hostile);
  const kept = 'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])';
  expect(await page.evaluate<string>(kept)).not.toContain('cmr_');
  expect(await accessibilityFindings(page)).toEqual([]);
  expect(troubles).toEqual([]);
});

test.for(APPEARANCES)(
  'axe finds nothing in %s, %s, at %i pixels',
  async ([language, theme, width], { skip }) => {
    const browser = browserFor(skip);
    const { credentials } = await sandboxOfTest();
    const options = { language, theme, width };
    const { page, troubles } = await openPageOfTest(browser, `${credentials.baseUrl}/console/`, options);
    await give(page, await filesOf({ '夏日 促销.png': 96 }));
    await expect.poll(() => page.locator('li.item img').count()).toBe(1);
    expect(await page.evaluate('document.documentElement.lang')).toBe(language);
    expect(await accessibilityFindings(page)).toEqual([]);
    // This sandbox was started without a door, and the page says so.
    await expect.poll(() => page.getByText('/v1').count()).toBe(1);
    // Nothing has to be scrolled sideways.
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    // It is asked for one, and Chromium reports that answer.
    expect(troubles.filter((trouble) => !trouble.includes('404'))).toEqual([]);
  },
);
