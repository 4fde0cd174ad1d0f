import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { ROOMS } from '../../../packages/console/page/shell/rooms.js';
import { findChromium } from '../../support/chromium.js';
import { makeImage } from '../../support/images.js';
import { openPageOfTest, startBrowser, type Theme } from '../browser.js';
import { sandboxToLookAt, showRoom, WRONGLY_SIGNED } from '../shown.js';

/** Language, theme and width of what is drawn. */
const LOOKS: readonly (readonly [language: string, theme: Theme, width: number])[] = [
  ['en', 'light', 1280],
  ['zh-CN', 'dark', 1280],
  ['zh-CN', 'light', 390],
  ['en', 'dark', 390],
];

test('draws every room, and names the pictures', async ({ skip }) => {
  const chromium = await findChromium();
  if (!('executable' in chromium)) return skip(chromium.missing);
  await fontsForChinese();
  const browser = await startBrowser(chromium.executable);
  onTestFinished(() => browser.close());
  const folder = await mkdtemp(path.join(tmpdir(), 'coupon-media-screenshots-'));
  const { baseUrl } = await sandboxToLookAt();
  const pictures: string[] = [];
  const files = await filesOf({ '夏日促销 icon.png': 96, 'background.png': 200, 'detail 1.png': 300 });
  for (const [language, theme, width] of LOOKS) {
    const { page } = await openPageOfTest(browser, `${baseUrl}/console/`, { language, theme, width });
    for (const place of [...ROOMS, `inspector/${WRONGLY_SIGNED}`]) {
      await showRoom(page, place);
      if (place === 'upload') {
        await page.setInputFiles('input[type=file] >> nth=0', files);
        await page.locator('li.item img').last().waitFor();
      }
      const name = `${place.replace('/', '-')}-${language}-${theme}-${width}.png`;
      await page.screenshot({ path: path.join(folder, name), fullPage: true });
      pictures.push(name);
    }
    await page.keyboard.press('?');
    await page.locator('dialog[open]').waitFor();
    await page.screenshot({ path: path.join(folder, `help-${language}-${theme}-${width}.png`) });
  }
  process.stdout.write(`${folder}\n${pictures.map((name) => `  ${name}\n`).join('')}`);
  expect(pictures).toHaveLength(LOOKS.length * (ROOMS.length + 1));
}, 600_000);

const run = promisify(execFile);

/** Without one, Chinese is drawn as boxes. */
async function fontsForChinese(): Promise<void> {
  const { stdout } = await run('fc-list', [':lang=zh']).catch(() => ({ stdout: '' }));
  if (stdout === '') await run(process.execPath, ['tools/engines/packages.mjs', 'fonts-noto-cjk']);
}

async function filesOf(names: Readonly<Record<string, number>>): Promise<string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'coupon-media-pictures-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return Promise.all(
    Object.entries(names).map(async ([name, number]) => {
      const file = path.join(folder, name);
      await writeFile(file, await makeImage('png', number));
      return file;
    }),
  );
}
