import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findChromium, openPage } from './support/chromium.js';
import { send, signedUpload } from './support/exchange.js';
import { type Polyglot, polyglots } from './support/polyglots.js';
import { type TestSandbox, testSandbox } from './support/sandbox.js';

// Takes 30 s if it installs Chromium, otherwise 8.

// A served image must not run in a browser, whatever a page does with its URL. Anything that runs calls the beacon.
let chromium: Awaited<ReturnType<typeof findChromium>>;
let sandbox: TestSandbox;
let site: Server;
let origin: string;
let hostile: Polyglot[];
const ran = new Set<string>();
const pages = new Map<string, { type: string; body: Buffer | string }>();

beforeAll(async () => {
  chromium = await findChromium();
  sandbox = await testSandbox();
  site = createServer(({ url = '' }, response) => {
    const [, beacon] = /^\/ran\/([\w-]+)$/.exec(url) ?? [];
    if (beacon) ran.add(beacon);
    const page = pages.get(url);
    response.writeHead(page ? 200 : 404, { 'Content-Type': page?.type ?? 'text/plain' }).end(page?.body);
  }).listen(0, '127.0.0.1');
  await once(site, 'listening');
  origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  hostile = polyglots(`${origin}/ran`);
}, 300_000);
afterAll(async () => {
  site.close();
  await sandbox.end();
});

test('the files run if they are served as pages and scripts, so that this test would notice', {
  timeout: 60_000,
}, async ({ skip }) => {
  if ('missing' in chromium) return skip(chromium.missing);
  for (const { name, bytes } of hostile)
    pages.set(`/${name}`, { type: name.startsWith('script') ? 'text/javascript' : 'text/html', body: bytes });
  const frames = hostile.map(({ name }) =>
    name.startsWith('script') ? `<script src="/${name}"></script>` : `<iframe src="/${name}"></iframe>`,
  );
  pages.set('/control', { type: 'text/html', body: frames.join('') });
  await openPage(chromium.executable, `${origin}/control`);
  expect([...ran].sort()).toEqual(hostile.map(({ name }) => name).sort());
});

test('the files show as images, and never run, however a page loads them', {
  timeout: 120_000,
}, async ({ skip }) => {
  if ('missing' in chromium) return skip(chromium.missing);
  const urls = await Promise.all(hostile.map(upload));
  ran.clear();
  const loads = urls.map(
    (url) =>
      `<img src="${url}" onload="this.title='shown'"><script src="${url}"></script><script type="module" src="${url}"></script>
<iframe src="${url}"></iframe><object data="${url}"></object><embed src="${url}"><link rel="stylesheet" href="${url}">`,
  );
  pages.set('/loads', { type: 'text/html', body: loads.join('\n') });
  const loaded = await openPage(chromium.executable, `${origin}/loads`);
  expect(loaded.match(/title="shown"/g)).toHaveLength(hostile.length);
  for (const url of urls) expect(await openPage(chromium.executable, url)).toContain('<img');
  expect([...ran]).toEqual([]);
});

async function upload({ name, suffix, bytes }: Polyglot): Promise<string> {
  const request = await signedUpload(sandbox.credentials, { file: bytes, filename: `${name}.${suffix}` });
  const { status, text } = await send(sandbox.credentials, request);
  expect({ name, status }).toEqual({ name, status: 200 });
  return JSON.parse(text).image_url;
}
