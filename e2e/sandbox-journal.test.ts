import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { type Sandbox, startSandbox } from '@coupon-media/sandbox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { send, signedUpload } from './support/exchange.js';
import { couponMedia, startCouponMedia } from './support/run.js';

const PICTURE = 'packages/sandbox/images/coupon.png';
const UPLOAD = '/v3/marketing/partner/product-coupon/media/upload-image';

let sandbox: Sandbox;
let base: string;
beforeAll(async () => {
  sandbox = await startSandbox({ language: 'en', allowedHosts: ['sandbox.test'] });
  base = sandbox.credentials.baseUrl;
  const client = await sandbox.client();
  await client.uploadImage(PICTURE);
  await fetch(`${base}${UPLOAD}`, {
    method: 'POST',
    headers: { authorization: 'Bearer secret-token', cookie: 'a=secret-cookie', 'x-own': "it's" },
    body: 'no form',
  });
});
afterAll(() => sandbox.stop());

async function json(path: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${base}${path}`);
  return { status: response.status, body: await response.json() };
}

describe('GET /sandbox/requests', () => {
  test('gives the requests, with the mistake of each refused one', async () => {
    expect(await json('/sandbox/requests')).toMatchObject({
      status: 200,
      body: {
        requests: [
          { number: 1, outcome: 'SUCCESS', status: 200, upload: { filename: 'coupon.png' } },
          { number: 2, outcome: 'SIGN_ERROR', status: 401, mistake: { en: expect.any(String) } },
        ],
      },
    });
  });

  test.each([
    ['outcome=SUCCESS', [1]],
    ['status=401', [2]],
    ['filename=coupon.png&caller=1900000001', [1]],
    ['after=1', [2]],
    ['number=1', [1]],
    ['path=/v3/other', []],
  ])('filters by %s', async (query, numbers) => {
    const { body } = (await json(`/sandbox/requests?${query}`)) as {
      body: { requests: { number: number }[] };
    };
    expect(body.requests.map(({ number }) => number)).toEqual(numbers);
  });

  test('refuses a filter that there is not', async () => {
    expect(await json('/sandbox/requests?merchant=1')).toMatchObject({
      status: 400,
      body: { code: 'FILTER', message: expect.stringContaining('outcome, status, caller') },
    });
  });

  test.each([['status=x'], ['after=-1'], ['number=1.0']])(
    'refuses a filter that is no number: %s',
    async (query) => {
      expect(await json(`/sandbox/requests?${query}`)).toMatchObject({
        status: 400,
        body: { code: 'FILTER' },
      });
    },
  );

  test('the stream has the same filters, and begins after a number or after Last-Event-ID', async () => {
    const other = await startSandbox({ language: 'en' });
    const events = `${other.credentials.baseUrl}/sandbox/requests/events`;
    const client = await other.client();
    await client.uploadImage(PICTURE);
    await fetch(`${other.credentials.baseUrl}/v2/a`);
    const streams = await Promise.all([
      fetch(events),
      fetch(`${events}?status=404&after=0`),
      fetch(`${events}?after=1`),
      fetch(events, { headers: { 'last-event-id': '2' } }),
    ]);
    await client.uploadImage(PICTURE);
    await fetch(`${other.credentials.baseUrl}/v2/b`);
    await other.stop();
    expect(await Promise.all(streams.map(numbersIn))).toEqual([
      [3, 4],
      [2, 4],
      [2, 3, 4],
      [3, 4],
    ]);
  });

  test('one request has its parts and the five lines, and hides what is secret', async () => {
    const { body } = await json('/sandbox/requests/1');
    expect(body).toMatchObject({
      parts: [
        { name: 'meta', text: expect.stringContaining('coupon.png') },
        { name: 'file', bytes: 5521 },
      ],
      signedMessage: expect.stringMatching(/^POST\n/),
    });
    expect(JSON.stringify(body)).toContain('signature=\\"[hidden]\\"');
    expect(JSON.stringify((await json('/sandbox/requests/1?whole=1')).body)).not.toContain('[hidden]');
    for (const path of ['/sandbox/requests/2?whole=1', '/sandbox/requests.har?whole=1'])
      expect(JSON.stringify((await json(path)).body)).not.toMatch(/secret-token|secret-cookie/);
    expect(await json('/sandbox/requests/99')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });

  test('a part says where it stands in the body', async () => {
    const { body } = (await json('/sandbox/requests/1')) as {
      body: { parts: { name: string; offset: number; bytes: number }[] };
    };
    const whole = Buffer.from(await (await fetch(`${base}/sandbox/requests/1/body`)).arrayBuffer());
    const bytesOf = (wanted: string) => {
      const { offset = 0, bytes = 0 } = body.parts.find(({ name }) => name === wanted) ?? {};
      return whole.subarray(offset, offset + bytes);
    };
    expect(JSON.parse(String(bytesOf('meta')))).toMatchObject({ filename: 'coupon.png' });
    expect(bytesOf('file').equals(await readFile(PICTURE))).toBe(true);
  });

  test('a wrong signature shows the five lines that it was made over', async () => {
    const other = await startSandbox({ language: 'en' });
    const { credentials } = other;
    const meta = '{"filename":"优惠.png","sha256":"00"}';
    const signed = meta.replace(',', ', ').replaceAll('":', '": ');
    expect((await send(credentials, await signedUpload(credentials, { meta, signed }))).status).toBe(401);
    const response = await fetch(`${credentials.baseUrl}/sandbox/requests/1`);
    const detail = (await response.json()) as { signedMessage: string; signedLines: { lines: string[] } };
    expect(detail).toMatchObject({
      refusedIn: 'authenticate',
      mistake: { en: expect.stringContaining('meta'), 'zh-CN': expect.stringContaining('meta') },
      signedLines: { lines: ['POST', UPLOAD, expect.stringMatching(/^\d+$/), expect.any(String), signed] },
    });
    const expected = detail.signedMessage.split('\n');
    expect(expected).toEqual([...detail.signedLines.lines.slice(0, 4), meta, '']);
    await other.stop();
  });

  test('its body is given byte for byte', async () => {
    const response = await fetch(`${base}/sandbox/requests/1/body`);
    const body = Buffer.from(await response.arrayBuffer());
    expect(body.equals(sandbox.requests[0]?.body ?? Buffer.alloc(0))).toBe(true);
    expect(body.includes(await readFile(PICTURE))).toBe(true);
  });

  test('as HAR 1.2 and as curl, without image and signature', async () => {
    const { body } = (await json('/sandbox/requests.har')) as {
      body: { log: { version: string; entries: { request: { postData?: { text: string } } }[] } };
    };
    expect(body.log.version).toBe('1.2');
    expect(body.log.entries.map(({ request }) => request.postData?.text)).toEqual([
      expect.stringMatching(/coupon\.png[\s\S]*\[file: 5521 bytes, sha256 [0-9a-f]{64}\]$/),
      expect.stringContaining('no form'),
    ]);
    const curl = await (await fetch(`${base}/sandbox/requests/2/curl`)).text();
    expect(curl).toContain(`curl -X 'POST' '${base}${UPLOAD}'`);
    expect(curl).toContain(String.raw`-H 'x-own: it'\''s'`);
    expect(curl).toContain('--data-binary @request-2.bin');
  });
});

/** The numbers of the requests in a stream that has ended. */
async function numbersIn(stream: Response): Promise<number[]> {
  return Array.from((await stream.text()).matchAll(/^id: (\d+)$/gm), ([, number]) => Number(number));
}

/** Sends a request whose headers fetch would not let through. */
function raw(
  path: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<{ status: number; cors: string[] }> {
  const { port } = new URL(base);
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ port, host: '127.0.0.1', path, method, headers }, (response) => {
      response.resume().on('end', () => {
        const cors = Object.keys(response.headers).filter((name) => name.startsWith('access-control-'));
        resolve({ status: response.statusCode ?? 0, cors });
      });
    });
    sent.on('error', reject).end();
  });
}

describe('what a web page could try is refused', () => {
  test.each([
    ['a name that points here', { Host: 'evil.example' }, 'GET', 403],
    ['a name that begins like the loopback', { Host: '127.0.0.1.evil.example:80' }, 'GET', 403],
    ['a name that ends like it', { Host: 'evil.localhost' }, 'GET', 403],
    ['a foreign origin', { Origin: 'https://evil.example' }, 'GET', 403],
    ['the origin of a sandboxed page', { Origin: 'null' }, 'GET', 403],
    ['another port of this machine', { Origin: 'http://127.0.0.1:1' }, 'GET', 403],
    ['an image tag of a foreign page', { 'Sec-Fetch-Site': 'cross-site' }, 'GET', 403],
    ['a page of a sibling domain', { 'Sec-Fetch-Site': 'same-site' }, 'GET', 403],
    ['a form', { 'Content-Type': 'application/x-www-form-urlencoded' }, 'DELETE', 415],
    ['a form that looks like JSON', { 'Content-Type': 'text/plain' }, 'DELETE', 415],
    ['no type', {}, 'DELETE', 415],
    [
      'a preflight',
      { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'DELETE' },
      'OPTIONS',
      403,
    ],
  ])('%s', async (_, headers, method, status) => {
    expect(await raw('/sandbox/requests', headers, method)).toEqual({ status, cors: [] });
    expect(await raw('/sandbox/nothing', headers, method)).toEqual({ status, cors: [] });
  });

  test('programs of this machine, and hosts that were named, are not', async () => {
    const { host } = new URL(base);
    for (const headers of [
      { Host: 'localhost' },
      { Host: '[::1]:80' },
      { Host: 'sandbox.test' },
      { Origin: base, Host: host },
      { 'Sec-Fetch-Site': 'none' },
    ] as Record<string, string>[])
      expect(await raw('/sandbox/requests', headers)).toEqual({ status: 200, cors: [] });
  });
});

test('sandbox requests shows them, and --follow each new one; the stream ends with the sandbox', async () => {
  const other = await startSandbox({ language: 'en' });
  const { baseUrl } = other.credentials;
  const client = await other.client();
  await client.uploadImage(PICTURE);
  const listed = await couponMedia('--lang', 'en', 'sandbox', 'requests', '--url', baseUrl);
  expect(listed).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/✓ .* #1 POST .*"coupon\.png" .*→ 200 SUCCESS\n$/),
  });
  const following = startCouponMedia('--lang', 'en', 'sandbox', 'requests', '--follow', '--url', baseUrl);
  await following.prints('#1');
  await fetch(`${baseUrl}/v2/wrong`, { method: 'POST' });
  expect(await following.prints('#2')).toMatch(
    /✗ .* #2 POST \/v2\/wrong → 404 NO_ROUTE — There is nothing at/,
  );
  await other.stop();
  await following.prints('').catch(() => undefined);
  await following.stop('SIGTERM').catch(() => undefined);
  const gone = await couponMedia('--lang', 'en', 'sandbox', 'requests', '--url', baseUrl);
  expect(gone).toMatchObject({ code: 3, stderr: expect.stringContaining('no sandbox responds at') });
});
