import { describe, expect, test } from 'vitest';
import { ROOMS } from '../../packages/console/page/shell/rooms.js';
import {
  APPEARANCES,
  accessibilityFindings,
  browserOfFile,
  openPageOfTest,
  scrollsSideways,
} from './browser.js';
import { sandboxToLookAt, showRoom, WRONGLY_SIGNED } from './shown.js';

// Takes 90 s if it installs Chromium, otherwise 60: each room in both languages and themes, wide and narrow.

const browserFor = browserOfFile();

/** Every room by the page's own table, so that none can be forgotten, and what is opened within one. */
const PLACES = [...ROOMS, `inspector/${WRONGLY_SIGNED}`];

test.for(APPEARANCES)(
  'axe finds nothing in any room in %s, %s, at %i pixels',
  { timeout: 120_000 },
  async ([language, theme, width], { skip }) => {
    const browser = browserFor(skip);
    const { baseUrl } = await sandboxToLookAt();
    const options = { language, theme, width };
    const { page, troubles } = await openPageOfTest(browser, `${baseUrl}/console/`, options);
    expect(await page.evaluate('document.documentElement.lang')).toBe(language);
    const findings: Record<string, readonly string[]> = {};
    for (const place of PLACES) {
      await showRoom(page, place);
      const found = [
        ...(await accessibilityFindings(page)),
        ...((await scrollsSideways(page)) ? ['scrolls sideways'] : []),
      ];
      if (found.length > 0) findings[place] = found;
    }
    // The help, and a chart's table, are opened by whoever wants them.
    await page.keyboard.press('?');
    await expect.poll(() => page.locator('dialog[open] tr').count()).toBeGreaterThan(ROOMS.length);
    const inHelp = await accessibilityFindings(page);
    if (inHelp.length > 0) findings.help = inHelp;
    expect(findings).toEqual({});
    expect(troubles).toEqual([]);
  },
);

test.for([
  ['320 pixels, which is 1280 at 400 %', { width: 320 }],
  ['200 %', { zoom: 2 }],
] as const)('nothing has to be scrolled sideways at %s', async ([, look], { skip }) => {
  const browser = browserFor(skip);
  const { baseUrl } = await sandboxToLookAt();
  for (const language of ['en', 'zh-CN']) {
    const { page } = await openPageOfTest(browser, `${baseUrl}/console/`, { language, ...look });
    for (const place of PLACES) {
      await showRoom(page, place);
      expect([language, place, await scrollsSideways(page)]).toEqual([language, place, false]);
    }
  }
});

describe('by the keyboard alone', () => {
  const slash = `new KeyboardEvent('keydown', { key: '/', bubbles: true })`;

  test('the first stop leads to the content, digits to the rooms, and the help lists what there is', async ({
    skip,
  }) => {
    const browser = browserFor(skip);
    const { baseUrl } = await sandboxToLookAt();
    const { page } = await openPageOfTest(browser, `${baseUrl}/console/`);
    await expect.poll(() => page.locator('nav a').count()).toBe(ROOMS.length);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('content');

    for (const [at, name] of ROOMS.entries()) {
      await page.keyboard.press(String(at + 1));
      await expect.poll(() => page.evaluate('location.hash')).toBe(`#${name}`);
      // Whoever cannot see the page hears that it is another one.
      await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('content');
    }
    await page.keyboard.press('?');
    const keys = page.locator('dialog[open] kbd');
    await expect.poll(() => keys.allTextContents()).toContain('/');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('dialog[open]').count()).toBe(0);

    await page.goto(`${baseUrl}/console/#inspector`);
    await page.keyboard.press('/');
    await expect.poll(() => page.evaluate('document.activeElement.type')).toBe('search');
    // What is typed is text, and no shortcut.
    await page.keyboard.type('?1');
    expect(await page.evaluate('document.activeElement.value')).toBe('?1');
    expect(await page.evaluate('location.hash')).toBe('#inspector');
  });

  test('a key that is pressed before its room is there is kept for it', async ({ skip }) => {
    const browser = browserFor(skip);
    const { baseUrl } = await sandboxToLookAt();
    const { page } = await openPageOfTest(browser, `${baseUrl}/console/`);
    await expect.poll(() => page.locator('nav a').count()).toBe(ROOMS.length);
    // In one turn, so that nothing is drawn between the two.
    await page.evaluate(`location.hash = 'inspector'; document.body.dispatchEvent(${slash})`);
    await expect.poll(() => page.evaluate('document.activeElement.type')).toBe('search');

    let give = () => {};
    const given = new Promise<void>((resolve) => {
      give = resolve;
    });
    await page.route('**/*.js', (route) => given.then(() => route.continue()));
    await page.evaluate(`location.hash = 'gallery'`);
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('content');
    await page.keyboard.press('/');
    expect(await page.locator('main search').count()).toBe(0);
    give();
    await expect.poll(() => page.evaluate(`document.activeElement.matches('main search select')`)).toBe(true);
  });

  test('whoever speaks to the computer switches single keys off, and they stay off', async ({ skip }) => {
    const browser = browserFor(skip);
    const { baseUrl } = await sandboxToLookAt();
    const { page } = await openPageOfTest(browser, `${baseUrl}/console/`);
    await page.getByRole('button', { name: 'Keys' }).click();
    await page.getByLabel('The shortcuts are on').uncheck();
    await page.keyboard.press('Escape');
    await page.reload();
    await expect.poll(() => page.locator('nav a').count()).toBe(ROOMS.length);
    await page.keyboard.press('2');
    await page.keyboard.press('?');
    expect(await page.locator('dialog[open]').count()).toBe(0);
    expect(await page.evaluate('location.hash')).toBe('');
  });
});

test('the page has its landmarks, one heading of the first level, and moves nothing where motion is reduced', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const { baseUrl } = await sandboxToLookAt();
  const { page } = await openPageOfTest(browser, `${baseUrl}/console/`);
  for (const landmark of ['banner', 'navigation', 'main'] as const)
    expect(await page.getByRole(landmark).count()).toBe(1);
  expect(await page.locator('h1').count()).toBe(1);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  for (const place of PLACES) {
    await showRoom(page, place);
    expect(await page.evaluate(MOVING)).toEqual([]);
  }
});

/** What has a transition or an animation that takes time. */
const MOVING = `Array.from(document.querySelectorAll('*')).filter((one) => {
  const { transitionDuration, animationName } = getComputedStyle(one);
  return animationName !== 'none' || transitionDuration.split(',').some((time) => parseFloat(time) > 0);
}).map(({ className }) => String(className))`;
