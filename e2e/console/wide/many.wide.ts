import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { makeFolder, makeImage } from '../../support/images.js';
import { sandboxOfTest, temporaryFolder } from '../../support/sandbox.js';
import { browserOfFile, openPageOfTest } from '../browser.js';
import { give, relayWithToken, signIn } from '../given.js';
import { startFaultyFront } from './faulty-front.js';

const IMAGES = 500;

const browserFor = browserOfFile();

// Each takes minutes: the server prepares five hundred images.
test('500 mixed images while a tenth of the uploads upstream fail: each is delivered, and none is sent twice', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const upstream = await sandboxOfTest({
    seed: 'console',
    journal: { requests: 5000, bytes: 1024 ** 3 },
    faults: [
      { response: { refusal: 'systemError' }, request: { probability: 0.05 } },
      { response: { refusal: 'rateExceeded', retryAfter: 1 }, request: { probability: 0.05 } },
    ],
  });
  const { baseUrl, token } = await relayWithToken(upstream);
  const { page, troubles } = await openPageOfTest(browser, `${baseUrl}/console/`);
  await signIn(page, token);
  const seen = await uploadAll(page);
  const uploads = upstream.requests.filter(({ upload }) => upload);
  const accepted = new Map<string, number>();
  for (const { outcome, upload } of uploads) {
    if (upload?.fileSha256 === undefined || outcome !== 'SUCCESS') continue;
    accepted.set(upload.fileSha256, (accepted.get(upload.fileSha256) ?? 0) + 1);
  }
  const twice = moreThanOnce(accepted);
  say(
    `a relay before a failing upstream: ${seen.said}; ${accepted.size} different ones delivered, ` +
      `${uploads.length} uploads upstream, ${uploads.length - accepted.size} of them failed and were made again, twice ${twice}`,
  );
  expect(twice).toBe(0);
  // Fixtures in HEIC are three, so that the others of them were there already.
  expect(accepted.size).toBeGreaterThan(IMAGES * 0.8);
  expect(troubles.filter(isNoRefusal)).toEqual([]);
}, 1_500_000);

test('500 mixed images to a sandbox, a tenth of whose uploads fail before the page: it tries again, and none is published twice', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const sandbox = await sandboxOfTest({ door: true });
  const front = await startFaultyFront(sandbox.credentials.baseUrl, 10);
  const { page, troubles } = await openPageOfTest(browser, `${front.origin}/console/`);
  const seen = await uploadAll(page);
  const made = Object.entries(front.made).map(([name, times]) => `${name} ${times}`);
  const twice = moreThanOnce(front.published);
  say(
    `a sandbox behind a failing network: ${seen.said}; ${front.published.size} different ones delivered, ` +
      `troubles: ${made.join(', ')}; uploads that were made again ${seen.requests - IMAGES}, twice ${twice}`,
  );
  expect(twice).toBe(0);
  expect(front.published.size).toBeGreaterThan(IMAGES * 0.8);
  for (const times of Object.values(front.made)) expect(times).toBeGreaterThan(5);
  // Nothing was given up: what failed was sent again by the page itself.
  expect(seen.byHand).toBe(0);
  expect(troubles.filter(isNoRefusal)).toEqual([]);
}, 1_500_000);

test('ten thousand files and one: the list has ten thousand, and the page goes on', async ({ skip }) => {
  const browser = browserFor(skip);
  const { credentials } = await sandboxOfTest();
  const { page } = await openPageOfTest(browser, `${credentials.baseUrl}/console/`);
  await page.evaluate(WATCH);
  const image = (await makeImage('png', 1)).toString('base64');
  await page.evaluate(`(() => {
    const bytes = Uint8Array.from(atob('${image}'), (one) => one.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    for (let number = 0; number <= 10000; number += 1)
      dataTransfer.items.add(new File([bytes], number + '.png', { type: 'image/png' }));
    window.given = dataTransfer;
  })()`);
  // That was the test's own work, and is reported after it.
  await page.evaluate('new Promise((resolve) => requestIdleCallback(() => setTimeout(resolve)))');
  await page.evaluate(`
    window.longest = window.tasks = 0;
    dispatchEvent(new DragEvent('drop', { dataTransfer: window.given, cancelable: true }));
  `);
  await expect
    .poll(() => page.getByText('10000 in all, 0 done, 0 failed').count(), { timeout: 60_000 })
    .toBe(1);
  expect(await page.getByText('The list has room for 10000 files').count()).toBe(1);
  const rows = await page.locator('li.item').count();
  await expect.poll(() => page.locator('li.item img').count(), { timeout: 60_000 }).toBe(rows);
  const [longest, tasks] = await page.evaluate<[number, number]>('[window.longest, window.tasks]');
  const heap = (await heapOf(page)) / 1024 / 1024;
  say(
    `10,000 files: ${rows} rows are made, longest task ${longest} ms, tasks above 50 ms ${tasks}, heap ${heap.toFixed(1)} MiB`,
  );
}, 180_000);

/** Gives the page a folder of images in all formats, uploads them, and waits until each has its URL. */
async function uploadAll(page: Page) {
  const sent = { requests: 0, byHand: 0 };
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().includes('/v1/images')) sent.requests += 1;
  });
  await page.evaluate(WATCH);
  const folder = await temporaryFolder();
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await makeFolder(folder, IMAGES);
  await give(
    page,
    (await readdir(folder)).map((name) => path.join(folder, name)),
  );
  await expect.poll(() => seenOf(page), { timeout: 300_000, interval: 1000 }).toBe(0);
  const began = performance.now();
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  const finished = page.getByText(`${IMAGES} in all, ${IMAGES} done, 0 failed`);
  const again = page.getByRole('button', { name: /^Retry the/ });
  await expect
    .poll(
      async () => {
        // What failed for good is sent again by hand, once nothing is on its way.
        if ((await again.count()) > 0 && (await page.getByText('Clear the list').count()) > 0) {
          sent.byHand += 1;
          await again.click();
        }
        return finished.count();
      },
      { timeout: 900_000, interval: 500 },
    )
    .toBe(1);
  const seconds = Math.round((performance.now() - began) / 1000);
  const [longest, tasks] = await page.evaluate<[number, number]>('[window.longest, window.tasks]');
  const heap = (await heapOf(page)) / 1024 / 1024;
  return {
    ...sent,
    said:
      `${IMAGES} images in ${seconds} s, ${sent.requests} requests of the page, ${sent.byHand} retries by hand, ` +
      `longest task ${longest} ms, tasks above 50 ms ${tasks}, heap ${heap.toFixed(1)} MiB`,
  };
}

function moreThanOnce(times: ReadonlyMap<string, number>): number {
  return [...times.values()].filter((count) => count > 1).length;
}

/** The browser tells of each refusal and of each connection that broke: those were made on purpose. */
function isNoRefusal(trouble: string): boolean {
  return !/status of (?:429|50\d)|net::ERR_(?:CONNECTION_|EMPTY_RESPONSE|NETWORK_)/.test(trouble);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Notes tasks of the main thread that take longer than 50 ms. */
const WATCH = `
  window.longest = 0;
  window.tasks = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      window.tasks += 1;
      window.longest = Math.max(window.longest, duration);
    }
  }).observe({ type: 'longtask', buffered: true });
`;

/** Rows that are still looked at; of those that are shown. */
async function seenOf(page: Page): Promise<number> {
  await page.evaluate('scrollTo(0, document.body.scrollHeight)');
  const rows = await page.locator('li.item').count();
  return (await page.getByText('Looking…').count()) + (rows < IMAGES ? 1 : 0);
}

/** Bytes of the page's objects after collecting. */
async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize;
}
