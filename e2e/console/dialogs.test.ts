import { expect, test } from 'vitest';
import { sandboxOfTest } from '../support/sandbox.js';
import {
  APPEARANCES,
  accessibilityFindings,
  browserOfFile,
  openPageOfTest,
  scrollsSideways,
} from './browser.js';
import { DIALOGS, giveCoupon } from './shown.js';

// Takes 60 s if it installs Chromium, otherwise 30.

const browserFor = browserOfFile();

test.for(APPEARANCES)(
  'axe finds nothing in the dialogs of an image and of a coupon in %s, %s, at %i pixels',
  { timeout: 120_000 },
  async ([language, theme, width], { skip }) => {
    const browser = browserFor(skip);
    const { credentials } = await sandboxOfTest({ door: true });
    const options = { language, theme, width };
    const { page, troubles } = await openPageOfTest(browser, `${credentials.baseUrl}/console/`, options);
    await giveCoupon(page);
    const findings: Record<string, readonly string[]> = {};
    for (const [name, open] of Object.entries(DIALOGS)) {
      const dialog = await open(page);
      const found = [...(await accessibilityFindings(page))];
      for (const narrow of new Set([width, 320])) {
        await page.setViewportSize({ width: narrow, height: 900 });
        if (await scrollsSideways(page)) found.push(`scrolls sideways at ${narrow}`);
      }
      if (found.length > 0) findings[name] = found;
      await page.setViewportSize({ width, height: 900 });
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    }
    expect(findings).toEqual({});
    expect(troubles).toEqual([]);
  },
);

test.for(['en', 'zh-CN'])(
  'at 200 % in %s, each button of a dialog can be reached',
  async (language, { skip }) => {
    const browser = browserFor(skip);
    const { credentials } = await sandboxOfTest({ door: true });
    const options = { language, zoom: 2 };
    const { page, troubles } = await openPageOfTest(browser, `${credentials.baseUrl}/console/`, options);
    await giveCoupon(page);
    for (const open of Object.values(DIALOGS)) {
      const dialog = await open(page);
      expect(await scrollsSideways(page)).toBe(false);
      // As a click would, without one: it is scrolled to, and nothing lies over it.
      for (const button of await dialog.getByRole('button').all()) await button.click({ trial: true });
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    }
    expect(troubles).toEqual([]);
  },
);
