import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { wholePng } from '../../support/exchange.js';
import { browserOfFile, openPageOfTest } from '../browser.js';
import { sandboxToLookAt } from '../shown.js';

const SECONDS = 20;
const A_SECOND = 50;

const browserFor = browserOfFile();

test('fifty requests a second while the inspector is open: its longest task, and what it shows', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const { sandbox, baseUrl } = await sandboxToLookAt();
  sandbox.faults.clear();
  const { page } = await openPageOfTest(browser, `${baseUrl}/console/#inspector`);
  await page.locator('.request').first().waitFor();
  await page.evaluate(`
    window.longTasks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longTasks.push(duration);
    }).observe({ type: 'longtask' });
  `);
  const client = await sandbox.client();
  const before = sandbox.requests.length;
  const began = performance.now();
  const uploads: Promise<unknown>[] = [];
  for (let sent = 0; sent < SECONDS * A_SECOND; sent += 1) {
    const early = began + (sent * 1000) / A_SECOND - performance.now();
    if (early > 0) await sleep(early);
    uploads.push(client.uploadImage(wholePng(sent + 100), { filename: `live ${sent}.png` }));
  }
  await Promise.all(uploads);
  const took = (performance.now() - began) / 1000;
  const last = sandbox.requests.at(-1)?.number ?? before;
  await page.locator(`[data-request="${last}"]`).waitFor();
  const tasks = await page.evaluate<number[]>('window.longTasks');
  const rate = (uploads.length / took).toFixed(1);
  process.stdout.write(
    `${uploads.length} requests in ${took.toFixed(1)} s (${rate} a second); tasks of 50 ms or more: ${tasks.length}` +
      `${tasks.length > 0 ? `, the longest ${Math.max(...tasks).toFixed(0)} ms` : ''}\n`,
  );
  expect(await page.locator('.requests > li').count()).toBe(100);
}, 120_000);
