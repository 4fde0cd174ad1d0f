import axe, { type AxeResults } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { findChromium } from '../support/chromium.js';

export type Theme = 'light' | 'dark';

/** Each language in each theme, wide and narrow in turns: what axe looks at. */
export const APPEARANCES: readonly [language: string, theme: Theme, width: number][] = [
  ['zh-CN', 'light', 1280],
  ['zh-CN', 'dark', 390],
  ['en', 'dark', 1280],
  ['en', 'light', 390],
];

/**
 * Starts Chromium before the tests of a file, and closes it after them.
 *
 * @param names that lead to this machine, as somebody else's name server could make them
 * @returns what gives the browser to a test, or skips the test and says why there is none
 */
export function browserOfFile(names: readonly string[] = []): (skip: (why: string) => never) => Browser {
  let browser: Browser | undefined;
  let missing = 'Chromium did not start';
  // The first file of a run may install it.
  beforeAll(async () => {
    const found = await findChromium();
    if ('executable' in found) browser = await startBrowser(found.executable, names);
    else missing = found.missing;
  }, 300_000);
  afterAll(() => browser?.close());
  return (skip) => browser ?? skip(missing);
}

function startBrowser(executable: string, names: readonly string[]): Promise<Browser> {
  const rules = names.map((name) => `MAP ${name} 127.0.0.1`).join(',');
  // Chromium does not start as root with its sandbox. Only our own pages are opened here.
  const args = ['--no-sandbox', '--disable-gpu', ...(rules ? [`--host-resolver-rules=${rules}`] : [])];
  return chromium.launch({ executablePath: executable, args });
}

/** How a page is looked at. */
interface PageOfTest {
  readonly language?: string;
  readonly theme?: Theme;
  /** Of the window, in pixels of a screen without zoom. */
  readonly width?: number;
  /**
   * As a browser zooms: at 2 the window has half of its pixels of CSS, each of four of the screen, and everything is laid out for that. A
   * page's scale by the debugger's protocol would be the pinch of two fingers, which lays nothing out and so could not fail.
   */
  readonly zoom?: number;
}

/** A page with a profile of its own. What goes wrong in it, or is asked of another origin, is in `troubles`. */
export async function openPageOfTest(
  browser: Browser,
  url: string,
  { language = 'en', theme = 'light', width = 1280, zoom = 1 }: PageOfTest = {},
): Promise<{ readonly page: Page; readonly troubles: readonly string[] }> {
  const context = await browser.newContext({
    ...{ locale: language, colorScheme: theme, deviceScaleFactor: zoom },
    viewport: { width: Math.round(width / zoom), height: Math.round(900 / zoom) },
    // A proxy of a test has a certificate of its own making.
    ignoreHTTPSErrors: true,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(`${error}`));
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(message.text());
  });
  const { origin } = new URL(url);
  page.on('request', (request) => {
    const asked = request.url();
    if (!asked.startsWith(`${origin}/`) && !asked.startsWith(`blob:${origin}/`))
      troubles.push(`asked ${asked}`);
  });
  await page.goto(url);
  return { page, troubles };
}

/** @returns what axe-core finds, by rule and place; contrast counts */
export async function accessibilityFindings(page: Page): Promise<readonly string[]> {
  // By the debugger's protocol, since the policy of the page lets no script in.
  await page.evaluate(axe.source);
  const results = await page.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify({ runOnly: RULES })})`);
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target }) => `${id}: ${target.join(' ')}`),
  );
}

/** @returns whether page or dialog have to be scrolled sideways */
export function scrollsSideways(page: Page): Promise<boolean> {
  return page.evaluate<boolean>(`document.documentElement.scrollWidth > innerWidth ||
    [...document.querySelectorAll('dialog[open]')].some(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)`);
}

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
