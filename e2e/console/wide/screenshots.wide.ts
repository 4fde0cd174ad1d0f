import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { ROOMS } from '../../../packages/console/page/shell/rooms.js';
import { browserOfFile, openPageOfTest, type Theme } from '../browser.js';
import { DIALOGS, giveCoupon, sandboxToLookAt, showRoom, WRONGLY_SIGNED } from '../shown.js';

/** Language, theme and width of what is drawn. */
const LOOKS: readonly (readonly [language: string, theme: Theme, width: number])[] = [
  ['en', 'light', 1280],
  ['zh-CN', 'dark', 1280],
  ['zh-CN', 'light', 390],
  ['en', 'dark', 390],
];

/** Pixels of the window's height in which a dialog is seen whole. */
const TALL = 2400;

/** Parts of the dialogs that have a picture of their own, by its name. */
const PARTS: Readonly<Record<string, Readonly<Record<string, (theme: Theme) => string>>>> = {
  crop: { 'fit-crop': () => '.fit-sides > div >> nth=0', 'fit-before-after': () => '.compare' },
  preview: {
    'preview-card': (theme) => `.phone-${theme} .coupon-card`,
    'preview-detail': (theme) => `.phone-${theme} .coupon-page`,
  },
};

const browserFor = browserOfFile();

test('draws every room and every dialog, and names the pictures', async ({ skip }) => {
  const browser = browserFor(skip);
  await fontsForChinese();
  const folder = await mkdtemp(path.join(tmpdir(), 'coupon-media-screenshots-'));
  const { baseUrl } = await sandboxToLookAt();
  const pictures: string[] = [];
  for (const [language, theme, width] of LOOKS) {
    const { page } = await openPageOfTest(browser, `${baseUrl}/console/`, { language, theme, width });
    async function draw(of: typeof page | Locator, name: string, options = {}): Promise<void> {
      const picture = `${name}-${language}-${theme}-${width}.png`;
      await of.screenshot({ ...options, path: path.join(folder, picture) });
      pictures.push(picture);
    }
    for (const place of [...ROOMS, `inspector/${WRONGLY_SIGNED}`]) {
      await showRoom(page, place);
      if (place === 'upload') await giveCoupon(page);
      await draw(page, place.replace('/', '-'), { fullPage: true });
    }
    await page.keyboard.press('?');
    await page.locator('dialog[open]').waitFor();
    await draw(page, 'help');
    await page.keyboard.press('Escape');
    await showRoom(page, 'upload');
    for (const [name, open] of Object.entries(DIALOGS)) {
      const dialog = await open(page);
      // As whoever opens it sees it, and then all of it.
      await draw(page, `dialog-${name}`);
      await page.setViewportSize({ width, height: TALL });
      await draw(dialog, `dialog-${name}-whole`);
      for (const [part, selector] of Object.entries(PARTS[name] ?? {}))
        await draw(dialog.locator(selector(theme)), part);
      await page.setViewportSize({ width, height: 900 });
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    }
  }
  process.stdout.write(`${folder}\n${pictures.map((name) => `  ${name}\n`).join('')}`);
  const parts = Object.values(PARTS).flatMap((of) => Object.keys(of));
  const each = ROOMS.length + 2 + 2 * Object.keys(DIALOGS).length + parts.length;
  expect(pictures).toHaveLength(LOOKS.length * each);
}, 600_000);

const run = promisify(execFile);

/** Without one, Chinese is drawn as boxes. */
async function fontsForChinese(): Promise<void> {
  const { stdout } = await run('fc-list', [':lang=zh']).catch(() => ({ stdout: '' }));
  if (stdout === '') await run(process.execPath, ['tools/engines/packages.mjs', 'fonts-noto-cjk']);
}
