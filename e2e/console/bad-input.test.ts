import { mkdir, open, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { makeImage } from '../support/images.js';
import { startProxy } from '../support/proxy.js';
import { sandboxOfTest, temporaryFolder } from '../support/sandbox.js';
import { accessibilityFindings, browserOfFile, openPageOfTest } from './browser.js';
import { acceptedTimes, drop, ended, filesOf, give, lookedAt, upload } from './given.js';

/**
 * Files that are no images, that cannot be read, that change, or that have hostile names: each is seen on screen with what to do, and nothing
 * is sent twice. Takes 40 s if it installs Chromium, otherwise 60.
 */

const browserFor = browserOfFile();

const WORDS = {
  en: {
    send: 'Upload',
    empty: 'Cannot be uploaded: The file is empty (0 bytes): export it or download it again',
    long: `Cannot be uploaded: ${33 * 1024 * 1024} bytes, more than ${32 * 1024 * 1024}: make it smaller`,
    folder: 'It cannot be read: it is a folder, or was changed or moved. Choose it again',
    text: 'The image cannot be prepared: The bytes are not an image of any known format. Open it in an image program',
    drawing: 'The image cannot be prepared: This image cannot be prepared: SVG. Export it as PNG',
    unsent: 'Failed It was not sent: see its verdict.',
    ended: '6 in all, 1 done, 5 failed',
    again: 'Retry the 5 that failed',
  },
  'zh-CN': {
    send: '上传',
    empty: '不能上传：文件为空（0 字节），请重新导出或下载',
    long: `不能上传：${33 * 1024 * 1024} 字节，超过 ${32 * 1024 * 1024} 字节，请先在图片软件中缩小`,
    folder: '无法读取：可能是文件夹，或文件已被改动、移走，请重新选择',
    text: '无法处理该图片：文件内容不是任何已知的图片格式。请用图片软件打开确认',
    drawing: '无法处理该图片：不支持的图片：SVG',
    unsent: '失败 没有发送，原因见检查结果。',
    ended: '共 6 张，已完成 1，失败 5',
    again: '重试失败的 5 张',
  },
} as const;

test.for(['en', 'zh-CN'] as const)(
  'what is no image has its cause and what to do, in %s; the others arrive, and a retry sends none of them twice',
  async (language, { skip }) => {
    const browser = browserFor(skip);
    const sandbox = await sandboxOfTest({ door: true });
    const url = `${sandbox.credentials.baseUrl}/console/`;
    const { page } = await openPageOfTest(browser, url, { language });
    const asked = countUploads(page);
    const words = WORDS[language];
    const [good = ''] = await filesOf({ 'good.png': 1 });
    const at = (name: string) => path.join(path.dirname(good), name);
    await writeFile(at('empty.png'), '');
    await writeFile(at('text.png'), 'a letter');
    await writeFile(at('drawing.svg'), '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    await mkdir(at('folder.png'));
    await sizedFile(at('long.bmp'), 33 * 1024 * 1024);
    // By the debugger's protocol, as a file manager may: Playwright gives no folder to this input.
    const names = ['empty.png', 'long.bmp', 'folder.png', 'text.png', 'drawing.svg', 'good.png'];
    await giveAsIs(page, names.map(at));
    await expect.poll(() => page.locator('li.item').count()).toBe(names.length);
    await lookedAt(page);
    const row = (name: string) => page.locator('li.item').filter({ hasText: name });
    for (const [name, verdict] of [
      ['empty.png', words.empty],
      ['long.bmp', words.long],
      ['folder.png', words.folder],
    ] as const)
      expect(await row(name).textContent()).toContain(verdict);
    expect(await accessibilityFindings(page)).toEqual([]);

    expect(asked.made).toBe(0);
    await page.getByRole('button', { name: words.send, exact: true }).click();
    await expect.poll(() => page.getByText(words.ended).count(), { timeout: 30_000 }).toBe(1);
    for (const name of ['empty.png', 'long.bmp', 'folder.png'])
      expect(await row(name).textContent()).toContain(words.unsent);
    expect(await row('text.png').textContent()).toContain(words.text);
    expect(await row('drawing.svg').textContent()).toContain(words.drawing);
    expect(asked.made).toBe(3);
    expect(acceptedTimes(sandbox)).toEqual([1]);
    expect(await accessibilityFindings(page)).toEqual([]);

    await page.getByRole('button', { name: words.again }).click();
    // The two that were sent were refused once more.
    await expect.poll(() => asked.made).toBe(5);
    await expect.poll(() => page.getByText(words.ended).count(), { timeout: 30_000 }).toBe(1);
    expect(acceptedTimes(sandbox)).toEqual([1]);
  },
);

test('a folder within a folder is dropped: each file stands with its path, and an empty folder is said to be one', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const sandbox = await sandboxOfTest({ door: true });
  const { page, troubles } = await openPageOfTest(browser, `${sandbox.credentials.baseUrl}/console/`);
  const folder = await ownFolder();
  const at = (...names: string[]) => path.join(folder, 'given', ...names);
  await mkdir(at('inner', 'deeper'), { recursive: true });
  await mkdir(at('empty'));
  const images = { 'a.bmp': 1, 'inner/a.bmp': 2, 'inner/deeper/b.bmp': 3 };
  for (const [name, number] of Object.entries(images))
    await writeFile(at(name), await makeImage('bmp', number));
  await writeFile(at('.DS_Store'), 'left by a machine');
  await writeFile(at('inner', 'Thumbs.db'), 'left by a machine');

  await drop(page, [at('empty')]);
  await expect.poll(() => page.getByText('There was no file to add').count()).toBe(1);
  await drop(page, [at()]);
  const names = Object.keys(images).map((name) => `given/${name}`);
  await expect.poll(() => page.locator('li.item .name').allTextContents()).toEqual(names);
  expect(await page.getByText('There was no file to add').count()).toBe(0);
  await upload(page);
  await ended(page, 3);
  expect(acceptedTimes(sandbox)).toEqual([1, 1, 1]);
  expect(troubles).toEqual([]);
});

test('a file that was changed or moved after it was chosen is not sent; chosen again, it takes its place in the list', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const sandbox = await sandboxOfTest({ door: true });
  const { page } = await openPageOfTest(browser, `${sandbox.credentials.baseUrl}/console/`);
  const files = await filesOf({ 'changed.png': 1, 'moved.png': 2, 'same.png': 3 });
  const [changed = '', moved = ''] = files;
  await give(page, files);
  await lookedAt(page);
  await page.getByLabel('Slot of changed.png').selectOption('icon');
  await writeFile(changed, await makeImage('png', 4, 128));
  await later(changed);
  const elsewhere = path.join(path.dirname(moved), 'elsewhere');
  await mkdir(elsewhere);
  await rename(moved, path.join(elsewhere, 'moved.png'));
  await upload(page);
  await ended(page, 1, 2);
  expect(
    await page.getByText('The file was changed or moved after it was chosen. Choose it again.').count(),
  ).toBe(2);
  expect(acceptedTimes(sandbox)).toEqual([1]);

  await give(page, [changed, path.join(elsewhere, 'moved.png')]);
  await lookedAt(page);
  expect(await page.locator('li.item').count()).toBe(3);
  expect(await page.getByLabel('Slot of changed.png').inputValue()).toBe('icon');
  expect(await page.locator('li.item').first().textContent()).toContain('is 128 × 128');
  await upload(page);
  await ended(page, 3);
  expect(acceptedTimes(sandbox)).toEqual([1, 1, 1]);
});

test('a file that changes while it is sent gets no URL, since nobody knows which bytes arrived', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const sandbox = await sandboxOfTest({ door: true });
  const way = await startProxy(Number(new URL(sandbox.credentials.baseUrl).port));
  onTestFinished(() => way.close());
  const { page } = await openPageOfTest(browser, `http://127.0.0.1:${way.port}/console/`);
  // Longer than what the sockets between hold, so that the browser has yet to read its end.
  const file = path.join(await ownFolder(), 'large.bmp');
  await writeFile(file, await makeImage('bmp', 5, 2800));
  await give(page, [file]);
  await lookedAt(page);
  way.set('silent');
  await upload(page);
  await expect.poll(() => page.locator('li.item').textContent()).toMatch(/[1-9]\d?% sent/);
  const handle = await open(file, 'r+');
  // All of its pixels, so that neither the old image nor the new one has the bytes that arrive.
  const pixels = (await handle.stat()).size - 54;
  await handle.write(Buffer.alloc(pixels, 0x7f), 0, pixels, 54);
  await handle.close();
  await later(file);
  way.set('open');
  await ended(page, 0, 1);
  expect(await page.locator('li.item').textContent()).toContain('changed or moved after it was chosen');
  expect(await page.locator('code.url').count()).toBe(0);

  await give(page, [file]);
  await lookedAt(page);
  await upload(page);
  await ended(page, 1);
  expect(await page.locator('li.item').count()).toBe(1);
  // What arrived in halves, if it did, is one image, and the whole one is another.
  expect(Math.max(...acceptedTimes(sandbox))).toBe(1);
});

test('names with marks that turn texts around stay whole, turn nothing beside them, and are asked for again', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const sandbox = await sandboxOfTest({ door: true });
  const { page, troubles } = await openPageOfTest(browser, `${sandbox.credentials.baseUrl}/console/`);
  page.on('dialog', (shown) => shown.accept());
  const names = ['\u202egnp.exe.png', 'קופון\u200f 5.png', '\u2067\u2066\u202d\u202c.png'];
  const files = await filesOf(Object.fromEntries(names.map((name, number) => [name, number])));
  await give(page, files);
  await lookedAt(page);
  await page.reload();
  await expect.poll(() => page.getByText('Choose this file again').count()).toBe(3);
  await give(page, files);
  await lookedAt(page);
  expect(await page.locator('li.item .name').allTextContents()).toEqual(names);
  const sides = await page.evaluate<string[]>(
    '[...document.querySelectorAll("li.item bdi")].map((name) => getComputedStyle(name).unicodeBidi)',
  );
  expect(new Set(sides)).toEqual(new Set(['isolate']));
  await upload(page);
  await ended(page, 3);
  const [json] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download JSON' }).click(),
  ]);
  const results: { file: string }[] = JSON.parse(await readFile(await json.path(), 'utf8'));
  expect(results.map(({ file }) => file)).toEqual(names);
  expect(acceptedTimes(sandbox)).toEqual([1, 1, 1]);
  expect(await accessibilityFindings(page)).toEqual([]);
  expect(troubles).toEqual([]);
});

/** Counts the images that the page sends. */
function countUploads(page: Page): { readonly made: number } {
  const count = { made: 0 };
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().includes('/v1/images')) count.made += 1;
  });
  return count;
}

async function giveAsIs(page: Page, files: readonly string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { root } = await session.send('DOM.getDocument');
  const { nodeId } = await session.send('DOM.querySelector', {
    nodeId: root.nodeId,
    selector: 'input[type=file]',
  });
  await session.send('DOM.setFileInputFiles', { nodeId, files: [...files] });
  await session.detach();
}

/** A file of so many bytes, which take no room on the disk. */
async function sizedFile(file: string, bytes: number): Promise<void> {
  const handle = await open(file, 'w');
  await handle.truncate(bytes);
  await handle.close();
}

/** The browser knows a changed file by its time, in whole seconds. */
async function later(file: string): Promise<void> {
  const time = new Date(Date.now() + 10_000);
  await utimes(file, time, time);
}

async function ownFolder(): Promise<string> {
  const folder = await temporaryFolder();
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
