import { describe, expect, test } from 'vitest';
import { ROOMS } from '../../packages/console/page/shell/rooms.js';
import { wholePng } from '../support/exchange.js';
import { shippedProxies } from '../support/shipped-proxies.js';
import { browserOfFile, openPageOfTest } from './browser.js';
import { sandboxToLookAt, showRoom } from './shown.js';

// Takes 40 s if it installs Chromium, otherwise 5.

const browserFor = browserOfFile();

const nginx = shippedProxies.find(({ name }) => name === 'nginx');
if (!nginx) throw new Error('no file is shipped for nginx');
const { needed, start } = nginx;

describe('behind a path of nginx', needed, () => {
  test('the page, its streams and its writes stay within the path', async ({ skip }) => {
    const browser = browserFor(skip);
    const { sandbox, baseUrl } = await sandboxToLookAt();
    // The shipped file, and one location more, which takes the path off.
    const within = 'location /pay/ { proxy_pass http://nodes/; }';
    const proxy = await start(Number(new URL(baseUrl).port), [['location / {', `${within}\nlocation / {`]]);
    const front = `http://127.0.0.1:${proxy.port}`;
    const { page, troubles } = await openPageOfTest(browser, `${front}/pay/`);
    expect(page.url()).toBe(`${front}/pay/console/`);
    const outside: string[] = [];
    page.on('request', (request) => {
      const { pathname, protocol } = new URL(request.url());
      if (protocol === 'http:' && !pathname.startsWith('/pay/')) outside.push(pathname);
    });
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
});
