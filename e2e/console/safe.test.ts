import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { ROOMS } from '../../packages/console/page/shell/rooms.js';
import { sha256 } from '../support/exchange.js';
import { makeImage } from '../support/images.js';
import { sandboxOfTest, temporaryFolder } from '../support/sandbox.js';
import { browserOfFile, openPageOfTest } from './browser.js';
import { relayWithToken, signIn } from './given.js';

/**
 * The attacks that the console has to stand, each tried in a browser. A payload only sets `window.marker`, and each attack is shown to work
 * where nothing guards against it. Takes 40 s if it installs Chromium, otherwise 20.
 */

const EVIL = 'evil.example';
const REBOUND = 'rebound.example';

const browserFor = browserOfFile([EVIL, REBOUND]);

test('a name that is made to point here (DNS rebinding) gets neither the page nor an answer', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const sandbox = await sandboxOfTest({ door: true });
  const { port, origin } = new URL(sandbox.credentials.baseUrl);
  const { page: own } = await openPageOfTest(browser, `${origin}/console/`);
  expect(await statuses(own)).toEqual([200, 200, 200]);

  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const rebound = `http://${REBOUND}:${port}`;
  const [shown] = await Promise.all([
    page.waitForResponse(`${rebound}/console/`),
    // Chromium takes an empty 404 for a failure.
    page.goto(`${rebound}/console/`).catch(() => {}),
  ]);
  expect(shown.status()).toBe(404);
  // A document of that origin, from which a script could ask.
  const asking = await context.newPage();
  await asking.goto(`${rebound}/v3/certificates`);
  // The name reaches the sandbox all the same, and a script of its origin may read what it answers.
  expect(await statuses(asking)).toEqual([403, 403, 403]);
  expect(sandbox.requests.filter(({ outcome }) => outcome === 'SUCCESS')).toHaveLength(1);
});

/** What a script at this origin gets: an upload, the requests of the sandbox, its values. */
function statuses(page: Page): Promise<unknown> {
  return page.evaluate(`(async () => {
    const own = { 'Coupon-Media-Console': '1', 'Content-Type': 'image/png' };
    const image = Uint8Array.from(atob('${PIXEL}'), (one) => one.charCodeAt(0));
    const asked = [['/v1/images', { method: 'POST', headers: own, body: image }], ['/sandbox/requests'], ['/sandbox/credentials']];
    return Promise.all(asked.map(([at, how]) => fetch(at, how).then(({ status }) => status)));
  })()`);
}

test.for([
  // Another site, which gets no cookie; and another port of the machine, which is the same site and gets it.
  ['another site', EVIL, false],
  ['another port of the machine', '127.0.0.1', true],
] as const)('posts of %s are refused', async ([, host, hasCookie], { skip }) => {
  const browser = browserFor(skip);
  const upstream = await sandboxOfTest();
  const { baseUrl, token } = await relayWithToken(upstream);
  const { page } = await openPageOfTest(browser, `${baseUrl}/console/`);
  await signIn(page, token);
  await expect.poll(() => page.getByText('Signed in').count()).toBe(1);

  const foreign = await foreignSite(host);
  const attacker = await page.context().newPage();
  await attacker.goto(foreign.url);
  expect(foreign.requests[0]?.headers.cookie?.includes('cms_') ?? false).toBe(hasCookie);
  // What a script can send without being asked first; what it gets of the answer does not matter.
  const target = JSON.stringify(`${baseUrl}/v1/images`);
  const image = `Uint8Array.from(atob('${PIXEL}'), (one) => one.charCodeAt(0))`;
  const sent = "mode: 'no-cors', credentials: 'include'";
  for (const [method, attack] of [
    ['POST', `fetch(${target}, { method: 'POST', ${sent}, body: new Blob([${image}]) })`],
    ['GET', `fetch(${target}, { ${sent} })`],
  ] as const) {
    const [answer] = await Promise.all([
      attacker.waitForResponse((response) => response.request().method() === method),
      attacker.evaluate(`${attack}.then(() => {})`),
    ]);
    expect(answer.status()).toBe(403);
    expect(Object.keys(await answer.allHeaders()).join()).not.toContain('access-control');
  }
  // With the header of our page a browser asks first, and is not allowed.
  const asking = `fetch(${target}, { method: 'POST', credentials: 'include', headers: { 'Coupon-Media-Console': '1' } })`;
  expect(await attacker.evaluate(`${asking}.then(() => 'sent', () => 'refused')`)).toBe('refused');
  const [form] = await Promise.all([
    attacker.waitForResponse((response) => response.request().isNavigationRequest()),
    attacker.evaluate(`(() => {
      const form = Object.assign(document.createElement('form'), { method: 'post', action: ${target}, enctype: 'multipart/form-data' });
      const input = Object.assign(document.createElement('input'), { type: 'file', name: 'file' });
      const files = new DataTransfer();
      files.items.add(new File([${image}], 'a.png', { type: 'image/png' }));
      input.files = files.files;
      form.append(input);
      document.body.append(form);
      form.submit();
    })()`),
  ]);
  expect(form.status()).toBe(403);
  expect(upstream.requests.filter(({ upload }) => upload)).toHaveLength(0);
});

test('no page has the console in a frame', async ({ skip }) => {
  const browser = browserFor(skip);
  const { credentials } = await sandboxOfTest({ door: true });
  const foreign = await foreignSite(EVIL);
  const { page } = await openPageOfTest(browser, foreign.url);
  const framed = async (address: string) => {
    await page.evaluate(`new Promise((resolve) => {
      const frame = document.createElement('iframe');
      frame.onload = resolve;
      frame.src = ${JSON.stringify(address)};
      document.body.replaceChildren(frame);
    })`);
    return () => page.frames().at(-1)?.url();
  };
  await expect.poll(await framed(`${foreign.url}frame`)).toBe(`${foreign.url}frame`);
  await expect.poll(await framed(`${credentials.baseUrl}/console/`)).toMatch(/^chrome-error:/);
});

test('neither inline scripts nor eval nor markup of a text run, and links tell nobody where they stood', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const { credentials } = await sandboxOfTest({ door: true });
  const foreign = await foreignSite(EVIL);
  const { page } = await openPageOfTest(browser, `${credentials.baseUrl}/console/`);
  const bare = await page.context().newPage();
  await bare.goto(foreign.url);
  const attacks: Record<string, string> = {
    inline: `document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.marker = 1' }))`,
    eval: `eval('window.marker = 1')`,
    function: `new Function('window.marker = 1')()`,
    timeout: `setTimeout('window.marker = 1')`,
    handler: `document.body.setAttribute('onclick', 'window.marker = 1'); document.body.click()`,
    markup: `document.body.insertAdjacentHTML('beforeend', '<img src="x:" onerror="window.marker = 1">')`,
    inner: `document.body.appendChild(document.createElement('p')).innerHTML = '<img src="x:" onerror="window.marker = 1">'`,
    address: `document.body.append(Object.assign(document.createElement('script'), { src: 'data:text/javascript,window.marker=1' }))`,
    worker: `new Worker('data:text/javascript,0'); window.marker = 1`,
    link: `Object.assign(document.body.appendChild(document.createElement('a')), { href: 'javascript:void(window.marker = 1)' }).click()`,
    foreign: `document.body.append(Object.assign(document.createElement('script'), { src: '${foreign.url}marker.js' }))`,
  };
  const tried = async (at: Page, attack: string) => {
    await at.evaluate('delete window.marker');
    // In a task of its own: what the debugger itself runs may use `eval` everywhere. Some are refused by an exception, some in silence;
    // whatever runs later has run when the page has been to its server and back.
    await at.evaluate(`(async () => {
      await new Promise((resolve) => setTimeout(() => { resolve(); ${attack} }));
      await fetch(location.href, { cache: 'no-store' });
      await new Promise((resolve) => setTimeout(resolve, 100));
    })()`);
    return () => at.evaluate('window.marker');
  };
  for (const [name, attack] of Object.entries(attacks)) {
    const works = await tried(bare, attack);
    await expect.poll(works, { message: name, timeout: 10_000 }).toBe(1);
    const guarded = await tried(page, attack);
    expect([name, await guarded()]).toEqual([name, undefined]);
  }
  for (const [at, said] of [
    [bare, foreign.origin],
    [page, undefined],
  ] as const) {
    await at.evaluate(
      `Object.assign(document.body.appendChild(document.createElement('a')), { href: '${foreign.url}visited' }).click()`,
    );
    await at.waitForURL(`${foreign.url}visited`);
    const { referer } = foreign.requests.findLast(({ url }) => url === '/visited')?.headers ?? {};
    expect(referer === undefined ? undefined : new URL(referer).origin).toBe(said);
  }
});

test('names, meta, bytes and images of others run nothing in any room', async ({ skip }) => {
  const browser = browserFor(skip);
  const sandbox = await sandboxOfTest({ door: true });
  const { baseUrl } = sandbox.credentials;
  const { page, troubles } = await openPageOfTest(browser, `${baseUrl}/console/`);
  await page.evaluate('window.marker = 0');
  const image = await makeImage('png', 96);
  const markup = '<img src=x onerror=window.marker=1><script>window.marker=1<script>';
  const polyglot = Buffer.concat([image, Buffer.from(`<html><body>${markup}</body></html>`)]);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="window.marker=1"><script>window.marker=1</script></svg>`;
  const names: Record<string, Buffer> = {
    [`${markup.replaceAll('/', '')}.png`]: image,
    'javascript:window.marker=1.png': await makeImage('png', 97),
    '\u202Egnp.exe\u2066.png': await makeImage('png', 98),
    'polyglot.html.png': polyglot,
    'picture.svg': Buffer.from(svg),
    'named.png': Buffer.from(svg),
    'page.html': Buffer.from(`<!doctype html>${markup}`),
  };
  // By the door, with the journal's own bytes hostile: head, query, meta.
  for (const [name, body] of Object.entries(names)) {
    await fetch(`${baseUrl}/v1/images?filename=${encodeURIComponent(name)}&x=${encodeURIComponent(markup)}`, {
      ...{ method: 'POST', body: new Uint8Array(body) },
      headers: {
        Authorization: `Bearer ${sandbox.door?.token}`,
        'Content-Type': 'image/png',
        'X-Markup': markup,
      },
    });
    await fetch(`${baseUrl}/v1/images?filename=${encodeURIComponent(name)}`, {
      ...{ method: 'POST', body: new Uint8Array(body) },
      headers: { Authorization: `Bearer ${sandbox.door?.token}`, 'Content-Type': 'image/png' },
    });
  }
  const client = await sandbox.client();
  await client
    .uploadImage(await makeImage('png', 99), { filename: `${markup.replaceAll('/', '')}.png` })
    .catch(() => {});
  const form = new FormData();
  form.set('meta', JSON.stringify({ filename: markup, sha256: markup }));
  form.set('file', new Blob([svg]), markup);
  await fetch(
    `${baseUrl}/v3/marketing/partner/product-coupon/media/upload-image?${encodeURIComponent(markup)}`,
    {
      ...{ method: 'POST', body: form },
      headers: {
        Authorization: `WECHATPAY2-SHA256-RSA2048 mchid="${markup.replaceAll('"', '')}"`,
        Accept: '*/*',
      },
    },
  );
  expect(sandbox.requests.length).toBeGreaterThan(10);

  // Dropped, judged, drawn and sent by the page itself.
  await page.setInputFiles('input[type=file] >> nth=0', await filesNamed(names));
  await expect.poll(() => page.locator('li.item').count()).toBe(Object.keys(names).length);
  await page.getByLabel('Make images fit').uncheck();
  await expect.poll(() => page.getByText('Looking').count()).toBe(0);
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await expect.poll(() => page.locator('code.url').count(), { timeout: 30_000 }).toBeGreaterThan(3);
  expect(await page.locator('li.item bdi').allTextContents()).toContain('\u202Egnp.exe\u2066.png');

  const odd =
    'main script, main svg[onload], main img[onerror], main [href^="javascript:"], main iframe, main object';
  const rooms = await page.locator('nav a').all();
  expect(rooms).toHaveLength(ROOMS.length);
  for (const room of rooms) {
    await room.click();
    await settled(page);
    // Whatever a room opens: details, bytes, lines, dialogs. A dialog keeps everything beside it from being clicked.
    for (const opener of (
      await page.locator('main summary, main tbody tr, main li button, main li a').all()
    ).slice(0, 6)) {
      await opener.click({ timeout: 1000 }).catch(() => {});
      await settled(page);
      expect(await page.locator(odd).count()).toBe(0);
      await page.keyboard.press('Escape');
    }
    expect([await room.textContent(), await page.evaluate('window.marker')]).toEqual([
      await room.textContent(),
      0,
    ]);
    expect(await page.locator(odd).count()).toBe(0);
  }
  for (const { number } of sandbox.requests) {
    await page.evaluate(`location.hash = 'inspector/${number}'`);
    await expect.poll(() => page.locator('main').textContent()).toContain(`${number}`);
    await settled(page);
    expect([number, await page.evaluate('window.marker')]).toEqual([number, 0]);
    expect(await page.locator(odd).count()).toBe(0);
  }
  expect(troubles.filter((trouble) => trouble.startsWith('asked'))).toEqual([]);

  // The bytes themselves, opened as a page: a picture, whatever stands behind it.
  const opened = await page.context().newPage();
  const shown = await opened.goto(`${baseUrl}/images/${sha256(polyglot)}.png`);
  const headers = shown?.headers() ?? {};
  expect([shown?.status(), headers['content-type'], headers['x-content-type-options']]).toEqual([
    200,
    'image/png',
    'nosniff',
  ]);
  expect(await opened.evaluate('window.marker')).toBeUndefined();
});

test('no key and no token is in the page or in what the browser keeps of it', async ({ skip }) => {
  const browser = browserFor(skip);
  const sandbox = await sandboxOfTest({ door: true });
  const { baseUrl, apiV3Key, privateKeyPath } = sandbox.credentials;
  const [, firstLine = '?'] = (await readFile(privateKeyPath, 'utf8')).split('\n');
  const { page } = await openPageOfTest(browser, `${baseUrl}/console/`);
  const bodies: string[] = [];
  page.on('response', (response) => {
    if (!response.url().includes('/events'))
      void response.text().then(
        (text) => bodies.push(text),
        () => {},
      );
  });
  await page.reload();
  // The rooms of a sandbox are there once it has answered as whom it takes the page.
  await expect.poll(() => page.locator('nav a').count()).toBe(ROOMS.length);
  for (const room of await page.locator('nav a').all()) {
    await room.click();
    await settled(page);
    const kept = await page.evaluate<string>(`(async () => JSON.stringify([
      { ...localStorage }, { ...sessionStorage }, document.cookie, await indexedDB.databases(), await caches.keys(),
      document.documentElement.outerHTML, [...document.querySelectorAll('input')].map(({ value }) => value),
    ]))()`);
    for (const text of [kept, ...bodies]) {
      for (const secret of [apiV3Key, sandbox.door?.token.slice(17) ?? '?', firstLine, 'cms_'])
        expect(text).not.toContain(secret);
    }
  }
  expect(bodies.length).toBeGreaterThan(2);
});

/** What a room asks for at once has come, since the page has been to its server and back after it. */
async function settled(page: Page): Promise<void> {
  await page.evaluate("(async () => { for (const _ of [1, 2]) await fetch('../readyz'); })()");
}

/** A PNG of one pixel. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** A site of somebody else, without any guard, that writes down what it is asked. */
async function foreignSite(host: string) {
  const requests: Pick<IncomingMessage, 'url' | 'headers'>[] = [];
  const server = createServer(({ url, headers }, response) => {
    requests.push({ url, headers });
    const isScript = url?.endsWith('.js');
    response.writeHead(200, {
      'Content-Type': isScript ? 'text/javascript' : 'text/html',
      'Referrer-Policy': 'unsafe-url',
    });
    response.end(isScript ? 'window.marker = 1' : '<!doctype html><title>foreign</title><body></body>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://${host}:${(server.address() as AddressInfo).port}`;
  return { url: `${origin}/`, origin, requests };
}

async function filesNamed(names: Readonly<Record<string, Buffer>>): Promise<string[]> {
  const folder = await temporaryFolder();
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return Promise.all(
    Object.entries(names).map(async ([name, bytes]) => {
      const file = path.join(folder, name);
      await writeFile(file, bytes);
      return file;
    }),
  );
}
