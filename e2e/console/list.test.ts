import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeImage } from '../support/images.js';
import { sandboxOfTest, temporaryFolder } from '../support/sandbox.js';
import { browserOfFile, openPageOfTest } from './browser.js';
import { filesOf, give } from './given.js';

// Takes 40 s if it installs Chromium, otherwise 10.

const browserFor = browserOfFile();

test('a folder within a folder: after a reload each file finds its own item, though names and sizes are the same', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const sandbox = await sandboxOfTest({ door: true });
  const folder = await temporaryFolder();
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const digests: Record<string, string> = {};
  for (const [number, inner] of ['summer', 'winter/late'].entries()) {
    const image = await makeImage('bmp', number + 1);
    await mkdir(path.join(folder, inner), { recursive: true });
    await writeFile(path.join(folder, inner, 'icon.bmp'), image);
    digests[`${path.basename(folder)}/${inner}/icon.bmp`] = createHash('sha256').update(image).digest('hex');
  }
  const { page, troubles } = await openPageOfTest(browser, `${sandbox.credentials.baseUrl}/console/`);
  page.on('dialog', (asked) => asked.accept());
  const choose = () => page.setInputFiles('input[type=file] >> nth=1', folder);
  const asked = page.getByText('Choose this file again');
  await choose();
  await expect.poll(() => page.locator('li.item img').count()).toBe(2);
  await page.reload();
  await expect.poll(() => asked.count()).toBe(2);
  await choose();
  await expect.poll(() => asked.count()).toBe(0);
  expect(await page.locator('li.item').count()).toBe(2);

  await expect.poll(() => page.locator('li.item img').count()).toBe(2);
  await page.getByLabel('Make images fit').uncheck();
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await expect.poll(() => page.getByText('2 in all, 2 done, 0 failed').count(), { timeout: 30_000 }).toBe(1);
  const [json] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download JSON' }).click(),
  ]);
  const rows = JSON.parse(await readFile(await json.path(), 'utf8')) as { file: string; sha256: string }[];
  expect(Object.fromEntries(rows.map(({ file, sha256 }) => [file, sha256]))).toEqual(digests);
  expect(troubles).toEqual([]);
});

test('a CSV gives a file its slot once: what is chosen afterwards stays when more files come', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const sandbox = await sandboxOfTest({ door: true });
  const { page, troubles } = await openPageOfTest(browser, `${sandbox.credentials.baseUrl}/console/`);
  page.on('dialog', (asked) => asked.accept());
  const [first = '', second = ''] = await filesOf({ 'a.png': 1, 'b.png': 2 });
  const table = path.join(path.dirname(first), 'plan.csv');
  await writeFile(table, 'file,slot\r\na.png,icon\r\nb.png,icon\r\n');
  await give(page, [table, first]);
  const slot = (name: string) => page.getByLabel(`Slot of ${name}`).inputValue();
  await expect.poll(() => slot('a.png')).toBe('icon');
  await page.getByLabel('Slot of a.png').selectOption('detail');
  await give(page, [second]);
  await expect.poll(() => page.getByText('CSV: 2 rows found their file').count()).toBe(1);
  expect([await slot('a.png'), await slot('b.png')]).toEqual(['detail', 'icon']);
  expect(troubles).toEqual([]);
});

test('files that are still looked at when Upload is pushed are sent as well', async ({ skip }) => {
  const browser = browserFor(skip);
  const sandbox = await sandboxOfTest({ door: true });
  const { page, troubles } = await openPageOfTest(browser, `${sandbox.credentials.baseUrl}/console/`);
  await page.getByText('Drop images').waitFor();
  const names = Array.from({ length: 20 }, (_, at) => [`${at}.png`, at + 1] as const);
  await give(page, await filesOf(Object.fromEntries(names)));
  await page.getByLabel('Make images fit').uncheck();
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await expect
    .poll(() => page.getByText('20 in all, 20 done, 0 failed').count(), { timeout: 60_000 })
    .toBe(1);
  expect(sandbox.requests.filter(({ upload }) => upload)).toHaveLength(20);
  expect(troubles).toEqual([]);
});
