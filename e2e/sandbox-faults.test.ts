import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  hosts as liveHosts,
  type RefusalName,
  refusals,
  type Text,
  unsignedRefusals,
} from '@coupon-media/apiv3';
import { type Client, ClientError, type ClientOptions } from '@coupon-media/client';
import {
  type FaultName,
  type FaultRule,
  generateCertifiedPair,
  type Sandbox,
  startSandbox,
} from '@coupon-media/sandbox';
import { addMerchant, openEmbeddedMerchants } from '@coupon-media/server';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import cases from './faults/cases.json' with { type: 'json' };
import { raw } from './faults/raw.js';
import { couponMedia, startCouponMedia } from './support/run.js';
import { temporaryFolder } from './support/sandbox.js';

const PICTURE = 'packages/sandbox/images/coupon.png';
const UPLOAD = '/v3/marketing/partner/product-coupon/media/upload-image';

let sandbox: Sandbox;
let client: Client;
beforeAll(async () => {
  sandbox = await startSandbox({ language: 'en', seed: 'faults' });
  client = await sandbox.client({ retries: 0, language: 'en' });
});
afterEach(() => sandbox.faults.clear());
afterAll(() => sandbox.stop());

/** How an upload ends, by the stable code of the client. */
async function codeOf(uploading: Promise<unknown>): Promise<string> {
  try {
    await uploading;
    return 'SUCCESS';
  } catch (error) {
    if (error instanceof ClientError) return error.code;
    throw error;
  }
}

const upload = (options: { filename?: string } = {}) => client.uploadImage(PICTURE, options);

async function clientOf(options: Partial<ClientOptions>): Promise<Client> {
  return sandbox.client({ retries: 0, ...options });
}

describe('each fault, and what the client makes of it', () => {
  test('the list has every fault', async () => {
    const response = await fetch(`${sandbox.credentials.baseUrl}/sandbox/faults`);
    const { faults } = (await response.json()) as { faults: Record<string, unknown> };
    expect(cases.map(({ fault }) => fault)).toEqual(Object.keys(faults));
  });

  test.each(['en', 'zh-CN'] as const)(
    'the chapter of docs/sandbox in %s has them, and every refusal',
    async (language) => {
      const chapter = await readFile(language === 'en' ? 'docs/sandbox.md' : 'docs/sandbox.zh-CN.md', 'utf8');
      const response = await fetch(`${sandbox.credentials.baseUrl}/sandbox/faults`);
      const { faults } = (await response.json()) as { faults: Record<string, Text> };
      const rows = cases.map(
        ({ fault, code }) => `| \`${fault}\` | ${faults[fault]?.[language]} | ${code} |`,
      );
      const lines = chapter.split('\n').filter((line) => /^\| `[A-Z_]+` \|/.test(line));
      expect(lines.map((line) => line.split('|').slice(0, 4).join('|').concat('|'))).toEqual(rows);
      for (const name of Object.keys(refusals)) expect(chapter).toContain(`\`${name}\``);
    },
  );

  test.each(cases)('$fault: $code', async ({ fault, code }) => {
    // The first upload opens the connection that KEEP_ALIVE_CLOSED closes.
    await upload();
    sandbox.faults.add({ name: 'the fault', response: { fault: fault as FaultName } });
    expect(await codeOf(upload())).toBe(code);
    if (fault !== 'CONNECTION_REFUSED') {
      await expect.poll(() => sandbox.requests.at(-1)?.fault?.rule).toBe('the fault');
      expect(sandbox.faults.list()).toMatchObject([{ applied: 1, seen: 1, inForce: true }]);
    }
    sandbox.faults.clear();
    expect(await codeOf(upload())).toBe('SUCCESS');
  });

  test.each(Object.entries(refusals) as [RefusalName, (typeof refusals)[RefusalName]][])(
    'the refusal %s',
    async (refusal, { status, code, number }) => {
      for (const language of ['en', 'zh-CN'] as const) {
        sandbox.faults.add({ response: { refusal, language } });
        await expect(upload()).rejects.toMatchObject({
          ...{ name: 'ApiError', status, code, number },
          verified: !unsignedRefusals.has(refusal),
          message: expect.stringMatching(language === 'en' ? /^[\x20-\x7e]+$/ : /[一-鿿]/),
          ...(status === 429 && { retryAfter: 1 }),
        });
        expect(sandbox.requests.at(-1)).toMatchObject({ outcome: code, refusal, refusedIn: 'respond' });
        sandbox.faults.clear();
      }
    },
  );

  test('a refusal whose signature is wrong is still a refusal', async () => {
    sandbox.faults.add({ response: { refusal: 'permissionMissing', fault: 'SIGNATURE_WRONG' } });
    await expect(upload()).rejects.toMatchObject({ code: 'NO_AUTH', verified: false });
  });
});

describe('which requests', () => {
  test('a burst of 429 is waited out, as long as Retry-After says', async () => {
    const waited: number[] = [];
    const patient = await sandbox.client({
      effects: {
        sleep: async (milliseconds) => void waited.push(milliseconds),
      },
    });
    sandbox.faults.add({ response: { refusal: 'rateExceeded', retryAfter: 3 }, count: 2 });
    await patient.uploadImage(PICTURE);
    expect(waited.map((milliseconds) => Math.floor(milliseconds / 1000))).toEqual([3, 3]);
    expect(sandbox.requests.slice(-3).map(({ outcome }) => outcome)).toEqual([
      'RATELIMIT_EXCEEDED',
      'RATELIMIT_EXCEEDED',
      'SUCCESS',
    ]);
  });

  test('a request that the sandbox itself refuses keeps its refusal, and does not count', async () => {
    sandbox.faults.add({ request: { nth: 1 }, response: { fault: 'UNSIGNED' } });
    const { baseUrl } = sandbox.credentials;
    const response = await fetch(baseUrl + UPLOAD, { method: 'POST', body: 'no form' });
    expect(response.status).toBe(401);
    expect(sandbox.faults.list()).toMatchObject([{ seen: 0, applied: 0 }]);
    expect(await codeOf(upload())).toBe('RESPONSE_FORGED');
    expect(await codeOf(upload())).toBe('SUCCESS');
  });

  test('the rule with the lowest priority is applied, of equal ones the newest; all count', async () => {
    sandbox.faults.add(
      { name: 'a', response: { refusal: 'systemError' } },
      { name: 'b', response: { refusal: 'permissionMissing' } },
      { name: 'c', priority: 9, response: { fault: 'UNSIGNED' } },
    );
    expect(await codeOf(upload())).toBe('NO_AUTH');
    sandbox.faults.add({ name: 'd', priority: 1, response: { fault: 'BAD_GATEWAY' }, count: 1 });
    expect(await codeOf(upload())).toBe('HTTP_502');
    expect(await codeOf(upload())).toBe('NO_AUTH');
    expect(sandbox.faults.list()).toMatchObject([
      { rule: { name: 'a', priority: 5 }, seen: 3, applied: 0 },
      { rule: { name: 'b' }, seen: 3, applied: 2 },
      { rule: { name: 'c' }, seen: 3, applied: 0 },
      { rule: { name: 'd' }, seen: 1, applied: 1, inForce: false },
    ]);
  });

  test('by the name of the file, for people who can change nothing else', async () => {
    expect(await codeOf(upload({ filename: 'fault-429.png' }))).toBe('RATELIMIT_EXCEEDED');
    expect(await codeOf(upload({ filename: 'fault-unsigned-x1.png' }))).toBe('RESPONSE_FORGED');
    expect(sandbox.requests.at(-1)).toMatchObject({
      fault: { rule: 'fault-unsigned-x1.png' },
      mistake: { en: expect.stringContaining('Nothing is wrong with the request') },
    });
    expect(await codeOf(upload({ filename: 'fault-unsigned-x1.png' }))).toBe('SUCCESS');
  });

  test('one quota is shared by all brands', async () => {
    const records = await openEmbeddedMerchants({ folder: sandbox.folder });
    const pem = await readFile(sandbox.credentials.certificatePath, 'utf8');
    const brands = ['9001', '9002'];
    for (const id of brands)
      await addMerchant(records, { id, scheme: 'brand', certificatePem: pem }, Date.now() / 1000);
    await records.close();
    sandbox.faults.add({
      request: { overQuota: { perSecond: 0.01, sharedBy: 'brands' } },
      response: { refusal: 'rateExceeded' },
    });
    const codes: string[] = [];
    for (const brandId of brands) {
      const brand = await clientOf({ brandId, mchid: undefined });
      // The service sees a new merchant within a second.
      await expect.poll(() => codeOf(brand.uploadImage(PICTURE))).not.toBe('SIGN_ERROR');
      codes.push(await codeOf(brand.uploadImage(PICTURE)));
    }
    expect(codes).toEqual(['RATELIMIT_EXCEEDED', 'RATELIMIT_EXCEEDED']);
    expect(await codeOf(upload())).toBe('SUCCESS');
  });
});

describe('time', () => {
  test('a slow response and a dripping one run into the deadline of the client', async () => {
    const hasty = await clientOf({ deadlines: { response: 200 } });
    for (const response of [
      { fixedDelayMilliseconds: 60_000 },
      { delayDistribution: { type: 'lognormal', median: 60_000, sigma: 0.1 } },
      { delayDistribution: { type: 'uniform', lower: 50_000, upper: 60_000 } },
      { chunkedDribbleDelay: { numberOfChunks: 10, totalDuration: 60_000 } },
    ] as const) {
      sandbox.faults.add({ response });
      expect(await codeOf(hasty.uploadImage(PICTURE))).toBe('TIMED_OUT');
      sandbox.faults.clear();
    }
  });

  test('one that drips to its end arrives whole', async () => {
    sandbox.faults.add({ response: { chunkedDribbleDelay: { numberOfChunks: 7, totalDuration: 70 } } });
    expect(await codeOf(upload())).toBe('SUCCESS');
  });

  test('stop() does not wait for a delay', async () => {
    const other = await startSandbox({ faults: [{ response: { fixedDelayMilliseconds: 600_000 } }] });
    const waiting = (await other.client({ retries: 0 })).uploadImage(PICTURE).catch(() => undefined);
    await expect.poll(() => other.faults.list()[0]?.applied).toBe(1);
    await other.stop();
    await waiting;
  });
});

describe('keys', () => {
  test('a rotation in the middle of a run: a client that fetches certificates goes on', async () => {
    const { mchid, certificateSerialNo, privateKeyPath, apiV3Key } = sandbox.certificateMode;
    const certificates = await sandbox.client({
      ...{ mchid, certificateSerialNo, privateKeyPath, apiV3Key, retries: 0 },
      wechatPayPublicKeys: undefined,
    });
    await certificates.uploadImage(PICTURE);
    sandbox.faults.add({
      request: { endpoint: 'product-coupon' },
      response: { fault: 'PLATFORM_KEY_ROTATED' },
    });
    // The client fetched certificates less than a minute ago, and does not do it again so soon.
    sandbox.setClock({ aheadBy: 120_000 });
    expect(await codeOf(certificates.uploadImage(PICTURE))).toBe('SUCCESS');
    const { certificate } = await sandbox.faults.nextPlatformKeys();
    expect(sandbox.requests.at(-1)?.response?.headers['Wechatpay-Serial'] ?? '').toBe(certificate.id);
    sandbox.setClock('real');
  });

  test('a client that knows the new public key before goes on', async () => {
    const { publicKey } = await sandbox.faults.nextPlatformKeys();
    const { wechatPayPublicKeyId, wechatPayPublicKeyPath } = sandbox.credentials;
    const ready = await clientOf({
      wechatPayPublicKeys: [
        { id: wechatPayPublicKeyId, publicKeyPath: wechatPayPublicKeyPath },
        { id: publicKey.id, publicKey: publicKey.pem },
      ],
    });
    await ready.uploadImage(PICTURE);
    sandbox.faults.add({ request: { from: 2 }, response: { fault: 'PLATFORM_KEY_ROTATED' } });
    for (let round = 0; round < 3; round += 1)
      expect(await codeOf(ready.uploadImage(PICTURE))).toBe('SUCCESS');
    expect(sandbox.requests.at(-1)?.response?.headers['Wechatpay-Serial']).toBe(publicKey.id);
  });

  test('a clock that is off is refused for its time', async () => {
    const { now } = sandbox;
    const late = await clientOf({ effects: { now: () => now().getTime() - 400_000 } });
    expect(await codeOf(late.uploadImage(PICTURE))).toBe('SIGN_ERROR');
  });

  test('a fourth certificate of a merchant is unknown', async () => {
    const pair = await generateCertifiedPair('CN=1900000001', new Date(Date.now() - 1000));
    const fourth = await clientOf({
      certificateSerialNo: undefined,
      certificate: pair.certificatePem,
      privateKey: pair.privateKeyPem,
      privateKeyPath: undefined,
    });
    expect(await codeOf(fourth.uploadImage(PICTURE))).toBe('SIGN_ERROR');
  });
});

describe('two hosts', () => {
  test('a main host that fails is left for the backup, whose own faults are its own', async () => {
    const failing = await clientOf({ hosts: sandbox.hosts, retries: 1, effects: { sleep: async () => {} } });
    sandbox.faults.add({ request: { host: 'main' }, response: { fault: 'CONNECTION_REFUSED' } });
    expect(await codeOf(failing.uploadImage(PICTURE))).toBe('SUCCESS');
    sandbox.faults.add({ request: { host: 'backup' }, response: { fault: 'SERVICE_UNAVAILABLE' } });
    expect(await codeOf(failing.uploadImage(PICTURE))).toBe('HTTP_503');
    const backup = await clientOf({ hosts: [sandbox.hosts[1] ?? ''] });
    expect(await codeOf(backup.uploadImage(PICTURE))).toBe('HTTP_503');
    sandbox.faults.clear();
    expect(await codeOf(upload())).toBe('SUCCESS');
  });

  test('a live name of the backup counts as the backup', async () => {
    sandbox.faults.add({ request: { host: 'backup' }, response: { fault: 'RESET_ON_REQUEST_HEAD' } });
    const { host } = new URL(liveHosts[1]);
    expect(await raw(sandbox.credentials.baseUrl + UPLOAD, { Host: host })).toBe('ECONNRESET');
    expect(await raw(sandbox.credentials.baseUrl + UPLOAD, {})).toBe(400);
  });

  test('a host that refuses until a time listens again', async () => {
    const until = new Date(sandbox.now().getTime() + 60_000).toISOString();
    sandbox.faults.add({ until, response: { fault: 'CONNECTION_REFUSED' } });
    expect(await codeOf(upload())).toBe('NETWORK_FAILED');
    sandbox.setClock({ aheadBy: 61_000 });
    await expect.poll(() => codeOf(upload())).toBe('SUCCESS');
    sandbox.setClock('real');
  });
});

test('what was accepted stays stored, whatever became of the response', async () => {
  sandbox.reset();
  const { imageUrl } = await upload();
  for (const fault of ['CONNECTION_RESET_BY_PEER', 'BODY_CHANGED', 'RESET_IN_BODY'] as const) {
    sandbox.faults.add({ response: { fault } });
    await codeOf(upload());
    sandbox.faults.clear();
  }
  expect((await upload()).imageUrl).toBe(imageUrl);
  expect((await fetch(imageUrl)).status).toBe(200);
});

describe('for other programs', () => {
  const call = (method: string, body?: string, headers: Record<string, string> = {}) =>
    fetch(`${sandbox.credentials.baseUrl}/sandbox/faults`, {
      ...{ method, headers: { 'content-type': 'application/json', ...headers } },
      ...(body !== undefined && { body }),
    });

  test('POST adds, GET lists, DELETE removes', async () => {
    const rule: FaultRule = { name: 'r', response: { refusal: 'systemError' }, count: 1 };
    expect((await call('POST', JSON.stringify(rule))).status).toBe(201);
    expect((await call('POST', JSON.stringify({ rules: [rule] }))).status).toBe(201);
    expect(await codeOf(upload())).toBe('SYSTEM_ERROR');
    expect(await (await call('GET')).json()).toMatchObject({
      hosts: sandbox.hosts,
      rules: [
        { rule: { name: 'r' }, seen: 1, applied: 0 },
        { seen: 1, applied: 1, inForce: false },
      ],
      faults: { UNSIGNED: { en: expect.any(String), 'zh-CN': expect.any(String) } },
    });
    expect((await call('DELETE')).status).toBe(204);
    expect(sandbox.faults.list()).toEqual([]);
  });

  test('DELETE with a name removes one, and leaves the counts of others', async () => {
    const remove = (name: string) =>
      fetch(`${sandbox.credentials.baseUrl}/sandbox/faults/${encodeURIComponent(name)}`, {
        ...{ method: 'DELETE', headers: { 'content-type': 'application/json' } },
      });
    sandbox.faults.add(
      { name: 'slow / 慢', response: { fixedDelayMilliseconds: 1 } },
      { name: 'one', response: { refusal: 'systemError' }, count: 1 },
    );
    expect(await codeOf(upload())).toBe('SYSTEM_ERROR');
    expect((await remove('slow / 慢')).status).toBe(204);
    expect(sandbox.faults.list()).toMatchObject([{ rule: { name: 'one' }, applied: 1 }]);
    expect((await remove('slow / 慢')).status).toBe(404);
    sandbox.faults.clear();
  });

  test('DELETE of a rotation gives the platform its keys back', async () => {
    sandbox.faults.add({ name: 'rotation', response: { fault: 'PLATFORM_KEY_ROTATED' } });
    expect(await codeOf(upload())).not.toBe('SUCCESS');
    sandbox.faults.remove('rotation');
    expect(await codeOf(upload())).toBe('SUCCESS');
  });

  test.each([
    ['{', 400, 'NOT_JSON'],
    ['{"respons":{}}', 400, 'FAULT_RULE'],
    ['{"response":{"fault":"UNSIGNED"},"until":"2001-01-01T00:00:00Z"}', 400, 'FAULT_NEVER'],
    ['{"request":{"merchant":"1"},"response":{"fault":"UNSIGNED"}}', 400, 'FAULT_NEVER'],
  ])('POST %s is refused, and nothing is added', async (body, status, code) => {
    const response = await call('POST', body);
    expect({ status: response.status, body: await response.json() }).toMatchObject({
      status,
      body: { code },
    });
    expect(sandbox.faults.list()).toEqual([]);
  });

  test('web pages are kept out, and bodies of any length', async () => {
    const rule = '{"response":{"fault":"UNSIGNED"}}';
    expect((await call('POST', rule, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await call('POST', rule, { origin: 'https://evil.example' })).status).toBe(403);
    const large = await call('POST', ' '.repeat(2 * 1024 * 1024));
    expect({ status: large.status, body: await large.json() }).toMatchObject({
      status: 413,
      body: { code: 'TOO_LARGE' },
    });
    expect(sandbox.faults.list()).toEqual([]);
  });

  test('coupon-media sandbox --faults FILE applies a rule file, and says which key is wrong in it', async () => {
    const folder = await temporaryFolder();
    const file = path.join(folder, 'faults.json');
    const data = path.join(folder, 'data');
    await writeFile(file, '{"rules":[{"response":{"refusal":"rateExceded"}}]}');
    const wrong = await couponMedia('--lang', 'en', 'sandbox', '--data', data, '--faults', file);
    expect(wrong.code).not.toBe(0);
    expect(wrong.stderr).toMatch(
      /faults\.json: rules\[0\]\.response\.refusal: .*did you mean rateExceeded\?/,
    );
    expect(wrong.stderr.trim().split('\n')).toHaveLength(1);
    await writeFile(
      file,
      '{"rules":[{"name":"burst","request":{"nth":1},"response":{"refusal":"rateExceeded"}}]}',
    );
    const running = startCouponMedia(
      '--lang',
      'en',
      'sandbox',
      '--port',
      '0',
      '--data',
      data,
      '--faults',
      file,
    );
    await running.prints('Ctrl-C');
    const other = await couponMedia(
      '--lang',
      'en',
      'upload',
      PICTURE,
      '--profile',
      path.join(data, 'credentials.json'),
      '--retries',
      '0',
    );
    expect(other.code).not.toBe(0);
    expect(await running.prints('rule "burst"')).toMatch(/✗ .* → 429 RATELIMIT_EXCEEDED — Nothing is wrong/);
    await running.stop('SIGTERM');
  });
});
