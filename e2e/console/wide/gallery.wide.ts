import { openRelayRecords } from '@coupon-media/relay';
import { openEmbeddedDatabase } from '@coupon-media/server';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { seedImages } from '../../gallery/seed.js';
import { makeImage } from '../../support/images.js';
import { relayOfTest } from '../../support/relay.js';
import { sandboxOfTest } from '../../support/sandbox.js';
import { browserOfFile, openPageOfTest } from '../browser.js';

/** Rows by SQL, and images beside them that have bytes and therefore thumbnails: the newest. */
const SEEDED = 99_700;
const UPLOADED = 300;
/** Milliseconds of each scrolling, and pixels of each turn of the wheel, one in 16 ms. */
const SCROLLING = 15_000;
const TURN = 240;

const SCROLLER = `document.querySelector('.scroller')`;

const browserFor = browserOfFile();

test('a gallery of a hundred thousand images: first image, frames while scrolling, requests', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const { baseUrl, folder } = await relayOfTest(await sandboxOfTest());
  const database = await openEmbeddedDatabase({ folder });
  await seedImages(database, 'relay_upload', SEEDED);
  const records = await openRelayRecords(database);
  const { text: token } = await records.tokens.create({
    ...{ name: 'gallery', account: 'shop', scopes: ['upload', 'read'] },
  });
  await records.close();
  await database.close();
  for (let n = 0; n < UPLOADED; n += 1) {
    const answer = await fetch(`${baseUrl}/v1/images?filename=${n}.png`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'image/png' },
      body: new Uint8Array(await makeImage('png', n + 1)),
    });
    expect(answer.status).toBe(200);
  }

  const { page } = await openPageOfTest(browser, `${baseUrl}/console/#gallery`);
  const requests = { lists: 0, thumbnails: 0 };
  page.on('request', (request) => {
    if (/\/v1\/images\?/.test(request.url())) requests.lists += 1;
    if (request.url().endsWith('/thumbnail')) requests.thumbnails += 1;
  });
  await page.locator('#token').fill(token);
  const began = performance.now();
  await page.locator('.access button[type=submit]').click();
  await page.locator('.cell').first().waitFor();
  const first = performance.now() - began;
  await page.locator('.cell img').first().waitFor();
  say(`first row after ${ms(first)}, first picture drawn and shown after ${ms(performance.now() - began)}`);

  await scroll(page, 'through the newest', requests);

  const toTheEnd = performance.now();
  await page.locator('.cell').first().click();
  await page.keyboard.press('Escape');
  const whole = page.getByText(`${SEEDED + UPLOADED} in all`);
  for (let waited = 0; waited < 4_000 && (await whole.count()) === 0; waited += 1) {
    await page.keyboard.press('Control+End');
  }
  await whole.waitFor({ timeout: 10_000 });
  say(`all loaded after ${((performance.now() - toTheEnd) / 1000).toFixed(1)} s, ${requests.lists} lists`);
  await page.evaluate(`${SCROLLER}.scrollTo(0, ${SCROLLER}.scrollHeight / 2)`);
  await scroll(page, 'in the middle of all', requests);
  // Its values are no properties of its own, so that of the whole nothing would arrive.
  const usedJSHeapSize = await page.evaluate<number>('performance.memory.usedJSHeapSize');
  const cells = await page.locator('.cell').count();
  say(`${(usedJSHeapSize / 2 ** 20).toFixed(0)} MiB of script memory, ${cells} cells in the document`);
  expect(cells).toBeLessThan(150);
}, 600_000);

async function scroll(
  page: Page,
  where: string,
  requests: { lists: number; thumbnails: number },
): Promise<void> {
  const before = { ...requests };
  await page.locator('.scroller').hover();
  await page.evaluate(`
    window.gaps = [];
    let last = performance.now();
    window.isWatched = true;
    requestAnimationFrame(function frame(now) {
      window.gaps.push(now - last);
      last = now;
      if (window.isWatched) requestAnimationFrame(frame);
    });
  `);
  const from = await page.evaluate<number>(`${SCROLLER}.scrollTop`);
  const until = performance.now() + SCROLLING;
  while (performance.now() < until) {
    await page.mouse.wheel(0, TURN);
    await page.waitForTimeout(16);
  }
  const gaps = await page.evaluate<number[]>('(window.isWatched = false, window.gaps.slice(1))');
  const to = await page.evaluate<number>(`${SCROLLER}.scrollTop`);
  const dropped = gaps.reduce((sum, gap) => sum + Math.max(0, Math.round(gap / (1000 / 60)) - 1), 0);
  say(
    `${where}: ${gaps.length} frames in ${SCROLLING / 1000} s, longest gap ${ms(Math.max(...gaps))}, ${dropped} dropped; ` +
      `${Math.round(to - from)} px, ${requests.lists - before.lists} lists, ${requests.thumbnails - before.thumbnails} thumbnails`,
  );
}

const ms = (value: number): string => `${value.toFixed(0)} ms`;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
