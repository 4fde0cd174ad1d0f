import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { ROOMS } from '../../packages/console/page/shell/rooms.js';
import { wholePng } from '../support/exchange.js';
import { makeImage } from '../support/images.js';
import { sandboxOfTest } from '../support/sandbox.js';
import { shippedProxies } from '../support/shipped-proxies.js';
import { browserOfFile, openPageOfTest } from './browser.js';
import { filesOf, give, relayWithToken, signIn } from './given.js';
import { sandboxToLookAt, showRoom } from './shown.js';

// Takes 40 s if it installs Chromium, otherwise 10.

const browserFor = browserOfFile();

const nginx = shippedProxies.find(({ name }) => name === 'nginx');
if (!nginx) throw new Error('no file is shipped for nginx');
const { needed, start } = nginx;

describe('behind a path of nginx', needed, () => {
  test('the page, its streams and its writes stay within the path', async ({ skip }) => {
    const browser = browserFor(skip);
    const { sandbox, baseUrl } = await sandboxToLookAt();
    const proxy = await start(Number(new URL(baseUrl).port), [WITHIN]);
    const front = `http://127.0.0.1:${proxy.port}`;
    const { page, troubles } = await openPageOfTest(browser, `${front}/pay/`);
    expect(page.url()).toBe(`${front}/pay/console/`);
    const outside = outsideOf(page);
    await page.reload();
    await expect.poll(() => page.locator('nav a').count()).toBe(ROOMS.length);
    for (const room of ROOMS) await showRoom(page, room);
    await showRoom(page, 'inspector');
    await (await sandbox.client()).uploadImage(wholePng(1), { filename: 'behind.png' }).catch(() => {});
    await expect.poll(() => page.locator('.request').first().textContent()).toContain('behind.png');
    await showRoom(page, 'faults');
    await page.getByRole('button', { name: 'Switch all off' }).click();
    await expect.poll(() => sandbox.faults.list()).toEqual([]);
    expect(outside).toEqual([]);
    expect(troubles).toEqual([]);
  });

  test('a relay, by TLS: signing in, an upload and the news stay within it, and the cookie is for it alone', async ({
    skip,
  }) => {
    const browser = browserFor(skip);
    const settings = { behindTlsProxy: true };
    const { baseUrl, token } = await relayWithToken(await sandboxOfTest(), { settings });
    const proxy = await start(Number(new URL(baseUrl).port), [WITHIN, SAYS_TLS]);
    const front = `https://127.0.0.1:${proxy.securePort}`;
    const { page, troubles } = await openPageOfTest(browser, `${front}/pay/console/`);
    const outside = outsideOf(page);
    const cookies = (path: string) => page.context().cookies(`${front}${path}`);
    await signIn(page, token);
    await expect.poll(() => page.getByText('Signed in').count()).toBe(1);
    const flags = { httpOnly: true, secure: true, sameSite: 'Strict' };
    const cookie = { name: '__Secure-coupon-media-session', path: '/pay/', ...flags };
    expect(await cookies('/pay/v1/images')).toMatchObject([cookie]);
    expect(await cookies('/')).toEqual([]);

    await give(page, await filesOf({ 'a.png': 1 }));
    await page.getByLabel('Make images fit').uncheck();
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await expect.poll(() => page.getByText('1 in all, 1 done, 0 failed').count()).toBe(1);
    await page.getByRole('link', { name: 'Gallery' }).click();
    const cells = page.getByRole('gridcell');
    await expect.poll(() => cells.count()).toBe(1);
    // What a program uploads meanwhile arrives by the stream, without a reload.
    const { status } = await fetch(`${baseUrl}/v1/images?filename=b.png`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'image/png' },
      body: new Uint8Array(await makeImage('png', 2)),
    });
    expect(status).toBe(200);
    await expect.poll(() => cells.count()).toBe(2);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect.poll(() => cookies('/pay/v1/images')).toEqual([]);
    expect(outside).toEqual([]);
    expect(troubles).toEqual([]);
  });
});

/** One location more than in the shipped file, which takes the path off. */
const WITHIN = ['location / {', 'location /pay/ { proxy_pass http://nodes/; }\nlocation / {'] as const;

/** What a proxy that ends TLS has to say to a relay. */
const SAYS_TLS = [
  'proxy_set_header X-Forwarded-For $remote_addr;',
  'proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme;',
] as const;

/** The paths beside the prefix that a page asks for from now on. */
function outsideOf(page: Page): readonly string[] {
  const outside: string[] = [];
  page.on('request', (request) => {
    const { pathname, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && !pathname.startsWith('/pay/')) outside.push(pathname);
  });
  return outside;
}
