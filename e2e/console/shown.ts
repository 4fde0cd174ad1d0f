import type { Locator, Page } from 'playwright-core';
import { UPLOAD } from '../../packages/console/page/messages/upload.js';
import { send, signedUpload, wholePng } from '../support/exchange.js';
import { makeImage } from '../support/images.js';
import { sandboxOfTest } from '../support/sandbox.js';
import { filesOf, give } from './given.js';

/** A name with markup, and with marks that turn what follows around. */
export const HOSTILE = '<img src=x onerror=alert(1)>\u202egnp.svg"\u200b.png';

/** A sandbox with something to look at in each room: images that have a thumbnail, requests that were right, wrong and hostile, and a fault that is on. */
export async function sandboxToLookAt() {
  const sandbox = await sandboxOfTest({ door: true });
  const { credentials } = sandbox;
  const upload = async (shape: Parameters<typeof signedUpload>[1]) =>
    (await send(credentials, await signedUpload(credentials, shape))).status;
  await upload({ file: await makeImage('png', 1), filename: '夏日促销 icon.png' });
  await upload({ file: await makeImage('png', 2), filename: HOSTILE });
  const meta = '{"filename":"优惠.png","sha256":"00"}';
  const signed = meta.replaceAll('":', '": ').replace(',', ', ');
  await upload({ file: wholePng(3), meta, signed });
  await fetch(`${credentials.baseUrl}/v3/unknown`, { method: 'POST' });
  sandbox.faults.add({
    name: '429 now and then',
    request: { probability: 0.1 },
    response: { refusal: 'rateExceeded' },
  });
  return { sandbox, baseUrl: credentials.baseUrl };
}

/** The number of the request whose signature is wrong. */
export const WRONGLY_SIGNED = 3;

/** Opens a room, and waits until it shows what it has. */
export async function showRoom(page: Page, place: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(place)}`);
  const shown = page.locator(SHOWN[place] ?? 'main > *').first();
  await shown.waitFor({ state: 'attached', timeout: 30_000 });
}

/** By what it is seen that a room has its content, which no other room has. */
const SHOWN: Readonly<Record<string, string>> = {
  upload: '#slot-of-new',
  // A thumbnail is drawn when it is first asked for.
  gallery: '[data-place="1"] img',
  firstUse: '.first-use details pre:not(:empty)',
  inspector: '.request',
  [`inspector/${WRONGLY_SIGNED}`]: '.compared',
  faults: '.switches strong',
  status: '.plot',
};

/** Gives the page an image for each slot of a coupon, and waits until all of them were looked at. */
export async function giveCoupon(page: Page): Promise<void> {
  const slots = { '夏日促销 background.png': 'background', 'icon.png': 'icon', 'detail 1.png': 'detail' };
  const names = Object.keys(slots);
  await give(page, await filesOf(Object.fromEntries(names.map((name, at) => [name, 96 + 100 * at])), 800));
  for (const [at, slot] of Object.values(slots).entries()) {
    const row = page.locator('li.item').nth(at);
    await row.getByRole('combobox').selectOption(slot);
    await row.locator('img').waitFor();
  }
}

/** The dialogs of the upload room, by what they are called in tests. Each opens one, and waits until all of it is there. */
export const DIALOGS: Readonly<Record<string, (page: Page) => Promise<Locator>>> = {
  async crop(page) {
    const dialog = await openFit(page, 0);
    await dialog.locator('.frame').waitFor();
    return dialog;
  },
  /** Of the icon, whose margin has guides. */
  focus: (page) => openFit(page, 1),
  async preview(page) {
    await page.getByRole('button', { name: new RegExp(Object.values(UPLOAD.preview).join('|')) }).click();
    const dialog = page.locator('dialog.preview[open]');
    // Icon twice, background once, detail once: in light and in dark.
    await dialog.locator('img').nth(7).waitFor({ timeout: 30_000 });
    return dialog;
  },
};

/** Opens the dialog that makes the image of a row fit, and waits for before and after. */
async function openFit(page: Page, row: number): Promise<Locator> {
  // The first button adjusts, the last one removes.
  await page.locator('li.item').nth(row).getByRole('button').first().click();
  const dialog = page.locator('dialog.fit[open]');
  await dialog.locator('.pair img').nth(1).waitFor({ timeout: 30_000 });
  await dialog.locator('ul > li').first().waitFor();
  return dialog;
}
