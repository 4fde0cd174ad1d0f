import { get } from 'node:http';
import { describe, expect, test } from 'vitest';
import { relayOfTest } from '../support/relay.js';
import { sandboxOfTest } from '../support/sandbox.js';
import { testService } from '../support/service.js';

const HTML = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

describe.each([
  ['a sandbox', async () => (await sandboxOfTest()).credentials.baseUrl],
  ['a relay', async () => (await relayOfTest(await sandboxOfTest())).baseUrl],
])('%s', (_, start) => {
  test('leads a browser to the page, whose files it serves', async () => {
    const url = await start();
    const led = await fetch(`${url}/`, { headers: HTML, redirect: 'manual' });
    expect(led.status).toBe(302);
    // Relative: behind a proxy with a prefix it leads to the same page.
    expect(led.headers.get('location')).toBe('console/');
    const bare = await fetch(`${url}/console`, { redirect: 'manual' });
    expect([bare.status, bare.headers.get('location')]).toEqual([302, 'console/']);

    const page = await fetch(`${url}/console/`, { headers: HTML });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = page.headers.get('content-security-policy') ?? '';
    for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"])
      expect(policy).toContain(part);
    expect(policy).not.toMatch(/unsafe|https?:|data:|\*/);
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    const html = await page.text();
    for (const [, address = ''] of html.matchAll(/(?:href|src)="([^"]*)"/g)) {
      const file = await fetch(new URL(address, page.url));
      expect(file.status, address).toBe(200);
      expect(file.headers.get('cache-control')).toContain('immutable');
      expect(file.headers.get('x-content-type-options')).toBe('nosniff');
      const again = await fetch(file.url, { headers: { 'If-None-Match': file.headers.get('etag') ?? '' } });
      expect(again.status).toBe(304);
    }
  });

  test('answers with an empty 404 whatever is no file, and whoever is no reader of HTML', async () => {
    const url = await start();
    const cases: [string, RequestInit][] = [
      ['/', {}],
      ['/', { headers: { Accept: '*/*' } }],
      ['/', { method: 'POST', headers: HTML, body: 'x' }],
      ['/unknown', { headers: HTML }],
      ['/console/unknown.js', { headers: HTML }],
      ['/console/../index.html', { headers: HTML }],
      ['/console/%2e%2e/package.json', { headers: HTML }],
      ['/console/assets/', { headers: HTML }],
    ];
    for (const [path, init] of cases) {
      const refused = await fetch(`${url}${path}`, { redirect: 'manual', ...init });
      expect([path, refused.status, await refused.text()]).toEqual([path, 404, '']);
    }
  });
});

test('a sandbox shows its page under its own names alone', async () => {
  const { credentials } = await sandboxOfTest({ allowedHosts: ['sandbox.example'] });
  expect(await statusUnder(credentials.baseUrl, 'sandbox.example')).toBe(200);
  expect(await statusUnder(credentials.baseUrl, 'localhost')).toBe(200);
  expect(await statusUnder(credentials.baseUrl, 'evil.example')).toBe(404);
});

test('the plain service has one static page at its root, in both languages, and nothing else', async () => {
  const { port } = await testService();
  const url = `http://127.0.0.1:${port}`;
  for (const [language, word] of [
    ['zh-CN', '接口文档'],
    ['en', 'Reference'],
  ] as const) {
    const page = await fetch(`${url}/`, { headers: { ...HTML, 'Accept-Language': language } });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-language')).toBe(language);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const html = await page.text();
    expect(html).toContain(word);
    expect(html).toContain('href="docs"');
    expect(html).toContain('coupon-media sandbox');
    expect(html).not.toContain('<script');
  }
  for (const [path, init] of [
    ['/', {}],
    ['/', { method: 'POST', headers: HTML, body: 'x' }],
    ['/console/', { headers: HTML }],
  ] as [string, RequestInit][]) {
    const refused = await fetch(`${url}${path}`, init);
    expect([path, refused.status, await refused.text()]).toEqual([path, 404, '']);
  }
});

/** `fetch` sets Host itself. */
function statusUnder(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(`${url}/console/`, { headers: { Host: host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });
}
