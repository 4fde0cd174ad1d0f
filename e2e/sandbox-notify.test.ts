import { writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type Client, createClient, NotificationError } from '@coupon-media/client';
import { MISTAKE_NAMES, type MistakeName, type Sandbox, startSandbox } from '@coupon-media/sandbox';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { couponMedia } from './support/run.js';
import { temporaryFolder } from './support/sandbox.js';

/** What a receiver that verifies finds wrong with each mistake. */
const FAULTS: Readonly<Record<MistakeName, string>> = {
  signature: 'signatureWrong',
  signtest: 'signatureWrong',
  unsigned: 'unsigned',
  old: 'stale',
  future: 'stale',
  key: 'signatureWrong',
  serial: 'unknownKey',
  body: 'signatureWrong',
  'apiv3-key': 'undecipherable',
  'associated-data': 'undecipherable',
  'not-json': 'malformed',
};

let sandbox: Sandbox;
let client: Client;
/** What the receiver that verifies has read, or refused. */
let received: unknown[] = [];
const servers: Server[] = [];
let receiver: string;

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/notify`;
}

/** A receiver that responds to everything with this status. */
const always = (status: number, headers: Record<string, string> = {}) =>
  listen((_, response) => void response.writeHead(status, headers).end());

beforeAll(async () => {
  sandbox = await startSandbox({ language: 'en' });
  client = await sandbox.client();
  receiver = await listen(async (request, response) => {
    const body = await buffer(request);
    try {
      received.push(await client.readNotification({ headers: request.rawHeaders, body }));
      response.writeHead(204).end();
    } catch (error) {
      received.push(error instanceof NotificationError ? error.fault : error);
      response.writeHead(401).end('{"code":"FAIL","message":"失败"}');
    }
  });
});
beforeEach(() => {
  received = [];
  sandbox.reset();
});
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await sandbox.stop();
});

describe('a right notification', () => {
  test('is one that our client reads, with the example of its event', async () => {
    const report = await sandbox.notify(receiver);
    expect(report).toMatchObject({
      ...{
        isAccepted: true,
        isRight: true,
        response: { status: 204 },
        failure: undefined,
        mistake: undefined,
      },
      text: { en: '204: WeChat Pay takes it as received' },
    });
    expect(received).toMatchObject([
      {
        ...{ id: report.id, eventType: 'PRODUCT_COUPON_SP.SEND', originalType: 'coupon' },
        ...{ summary: '商品券领券通知', createTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*\+08:00$/) },
        resource: { brand_id: '120344', coupon_code: 'Code_123456' },
      },
    ]);
    expect(Object.keys(report.sent.headers)).toEqual(
      expect.arrayContaining(['Wechatpay-Timestamp', 'Wechatpay-Signature-Type', 'Content-Type']),
    );
    expect(JSON.parse(report.sent.body)).toMatchObject({
      ...{ resource_type: 'encrypt-resource', event_type: 'PRODUCT_COUPON_SP.SEND' },
      resource: { algorithm: 'AEAD_AES_256_GCM', associated_data: 'product_coupon_sp' },
    });
  });

  test('has any event and any content', async () => {
    const resource = { refund_status: 'SUCCESS', amount: { total: 1 } };
    await sandbox.notify(receiver, { event: 'REFUND.SUCCESS', resource });
    expect(received).toMatchObject([{ eventType: 'REFUND.SUCCESS', originalType: 'refund', resource }]);
  });

  test('is delivered again under its id', async () => {
    const { id } = await sandbox.notify(receiver);
    const again = await sandbox.notify(receiver, { id });
    expect(again).toMatchObject({ id, isRight: true });
    expect(received).toMatchObject([{ id }, { id }]);
  });

  test('follows the clock of the sandbox', async () => {
    sandbox.setClock({ frozenAt: '2030-01-01T00:00:00Z' });
    expect(await sandbox.notify(receiver)).toMatchObject({ isRight: true });
    expect(received).toMatchObject([{ createTime: '2030-01-01T08:00:00+08:00' }]);
  });

  test('to a merchant in certificate mode is signed with the platform certificate', async () => {
    const { certificateMode } = sandbox;
    const merchant = createClient({
      ...{ baseUrl: certificateMode.baseUrl, mchid: certificateMode.mchid },
      ...{ certificateSerialNo: certificateMode.certificateSerialNo, apiV3Key: certificateMode.apiV3Key },
      privateKeyPath: certificateMode.privateKeyPath,
    });
    const url = await listen(async (request, response) => {
      const body = await buffer(request);
      received.push(await merchant.readNotification({ headers: request.headers, body }));
      response.end();
    });
    const report = await sandbox.notify(url, { merchant: certificateMode.mchid });
    expect(report).toMatchObject({ isAccepted: true });
    expect(report.sent.headers['Wechatpay-Serial']).toBe(certificateMode.platformCertificateSerialNo);
    expect(received).toHaveLength(1);
    await merchant.close();
  });

  const STATUSES: [number, boolean, string][] = [
    [200, true, '200: WeChat Pay takes it as received'],
    [202, false, '202: WeChat Pay takes only 200 and 204 as received, and would send it again'],
    [302, false, '302: WeChat Pay takes only 200 and 204 as received, and would send it again'],
    [500, false, '500: WeChat Pay takes only 200 and 204 as received, and would send it again'],
  ];
  test.each(STATUSES)('the status %d of the receiver: accepted is %s', async (status, isAccepted, text) => {
    const url = await always(status, status === 302 ? { Location: receiver } : {});
    expect(await sandbox.notify(url)).toMatchObject({ isAccepted, isRight: isAccepted, text: { en: text } });
    expect(received).toEqual([]);
  });
});

describe('a wrong notification', () => {
  test.each(MISTAKE_NAMES)('%s: a receiver that verifies refuses it, and that is right', async (mistake) => {
    expect(await sandbox.notify(receiver, { mistake })).toMatchObject({
      ...{ mistake, isAccepted: false, isRight: true, response: { status: 401 } },
      text: { en: '401: refused, as it must be' },
    });
    expect(received).toEqual([FAULTS[mistake]]);
  });

  test('a receiver that believes it is told to verify', async () => {
    const url = await always(200);
    expect(await sandbox.notify(url, { mistake: 'body' })).toMatchObject({
      ...{ isAccepted: true, isRight: false },
      text: { en: expect.stringContaining('the receiver did not refuse it. Verify the signature') },
    });
  });
});

describe('a receiver that does not respond', () => {
  test('within the time', async () => {
    const url = await listen(() => {});
    expect(await sandbox.notify(url, { limit: 50 })).toMatchObject({
      ...{ isAccepted: false, isRight: false, response: undefined },
      text: { en: 'no response: no complete response within the time. WeChat Pay would send it again later' },
    });
  });

  test('because nothing listens', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    expect(await sandbox.notify(`http://127.0.0.1:${port}/`)).toMatchObject({
      ...{ isRight: false, failure: { en: 'the connection was refused' } },
    });
  });

  test('with an end: only the beginning is read', async () => {
    const url = await listen((_, response) => {
      const more = (): void => void response.write('x'.repeat(65_536), more);
      response.writeHead(200);
      more();
    });
    const report = await sandbox.notify(url);
    expect(report).toMatchObject({ isAccepted: true });
    expect(report.response?.body).toHaveLength(65_536);
  });
});

test.each([
  ['ftp://127.0.0.1/', {}, /is an http or https URL/],
  ['notify', {}, /is an http or https URL/],
  ['http://a:b@127.0.0.1/', {}, /has no user name and no password/],
  ['http://127.0.0.1/', { merchant: '1' }, /this sandbox has 1900000001, 1900000002/],
  ['http://127.0.0.1/', { mistake: 'signatur' as MistakeName }, /did you mean signature\?/],
])('%s %j cannot be sent: one line', async (url, options, message) => {
  await expect(sandbox.notify(url, options)).rejects.toMatchObject({
    ...{ name: 'SandboxError', code: 'NOTIFY', message: expect.stringMatching(message) },
  });
});

describe('POST /sandbox/notifications', () => {
  const post = async (body: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${sandbox.credentials.baseUrl}/sandbox/notifications`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as unknown };
  };

  test('sends one, and gives the report', async () => {
    const given = { url: receiver, event: 'TRANSACTION.SUCCESS', resource: { trade_state: 'SUCCESS' } };
    expect(await post(given)).toMatchObject({ status: 200, body: { isRight: true } });
    expect(received).toMatchObject([{ eventType: 'TRANSACTION.SUCCESS', resource: given.resource }]);
    const wrong = await post({ url: receiver, mistake: 'old' });
    expect(wrong).toMatchObject({ status: 200, body: { isRight: true, mistake: 'old' } });
  });

  test('no report has a secret in it', async () => {
    const { apiV3Key } = sandbox.credentials;
    expect(JSON.stringify((await post({ url: receiver })).body)).not.toContain(apiV3Key);
  });

  test.each([
    ['a receiver elsewhere', { url: 'http://169.254.169.254/' }, 403, /receivers are on this machine/],
    [
      'a name that begins like this machine',
      { url: 'http://127.0.0.1.evil.example/' },
      403,
      /on this machine/,
    ],
    ['this machine as a number', { url: 'http://[::ffff:10.0.0.1]/' }, 403, /on this machine/],
    ['no URL', {}, 400, /url is required/],
    ['an unknown name', { url: 'http://127.0.0.1/', to: 'x' }, 400, /there is no "to"; there are url/],
    ['a number', { url: 1 }, 400, /url must be a text/],
    ['a list', [], 400, /url is required/],
    ['no JSON', '{', 400, /a JSON object/],
    ['more than 64 KiB', 'x'.repeat(65_537), 413, /longer than 64 KiB/],
    ['an unknown mistake', { url: 'http://127.0.0.1/', mistake: 'none' }, 400, /mistake/],
  ])('%s is refused', async (_, body, status, message) => {
    expect(await post(body)).toEqual({
      ...{ status, body: { code: 'NOTIFY', message: expect.stringMatching(message) } },
    });
    expect(received).toEqual([]);
  });

  test('web pages are refused', async () => {
    const given = { url: receiver };
    expect(await post(given, { 'Content-Type': 'text/plain' })).toMatchObject({ status: 415 });
    expect(await post(given, { Origin: 'https://evil.example' })).toMatchObject({ status: 403 });
    expect(received).toEqual([]);
  });
});

describe('coupon-media sandbox notify', () => {
  const notify = (...args: string[]) =>
    couponMedia('--lang', 'en', 'sandbox', 'notify', '--data', sandbox.folder, ...args);

  test('--each tries them all: a receiver that verifies passes', async () => {
    const { code, stdout, stderr } = await notify(receiver, '--each');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.match(/^✓ /gm)).toHaveLength(1 + MISTAKE_NAMES.length);
    expect(stdout).toMatch(/^✓ PRODUCT_COUPON_SP\.SEND {2}as WeChat Pay sends it\n {4}→ 204: .* ms\n/);
    expect(received).toMatchObject([{}, ...MISTAKE_NAMES.map((mistake) => FAULTS[mistake])]);
  });

  test('exits with 1 where the receiver is wrong', async () => {
    const ended = await notify(await always(200), '--mistake', 'signtest', '--event', 'A.B');
    expect(ended).toMatchObject({ code: 1, stderr: '' });
    expect(ended.stdout).toMatch(/^✗ A\.B {2}signtest: it is a probe .*\n {4}→ 200: the receiver did not/);
  });

  test('--resource, --times and --json', async () => {
    const folder = await temporaryFolder();
    const file = path.join(folder, 'resource.json');
    await writeFile(file, '{"a":1}');
    const { code, stdout } = await notify(receiver, '--resource', file, '--times', '2', '--json');
    expect(code).toBe(0);
    const reports = stdout.trim().split('\n');
    const [first, second] = reports.map((line) => JSON.parse(line) as { id: string });
    expect(reports).toHaveLength(2);
    expect(first?.id).toBe(second?.id);
    expect(received).toMatchObject([{ resource: { a: 1 } }, { resource: { a: 1 } }]);
  });

  test('an unknown mistake, and a folder without a sandbox, are one line each', async () => {
    expect(await notify(receiver, '--mistake', 'sig')).toMatchObject({
      ...{ code: 3, stdout: '', stderr: expect.stringMatching(/^coupon-media: .*signature, signtest.*\n$/) },
    });
    const folder = await temporaryFolder();
    const missing = await couponMedia('--lang', 'en', 'sandbox', 'notify', receiver, '--data', folder);
    expect(missing).toMatchObject({ stdout: '', stderr: expect.stringMatching(/^coupon-media: .*\n$/) });
    expect(missing.code).toBe(3);
  });
});
