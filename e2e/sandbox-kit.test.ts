import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient } from '@coupon-media/client';
import { assertReceivedUpload, startSandbox } from '@coupon-media/sandbox';
import '@coupon-media/sandbox/vitest';
import { describe, expect, test } from 'vitest';
import { couponMedia, run } from './support/run.js';
import { sandboxOfTest, temporaryFolder } from './support/sandbox.js';

const PICTURE = 'packages/sandbox/images/coupon.png';
const SHA256 = createHash('sha256')
  .update(await readFile(PICTURE))
  .digest('hex');
const UPLOAD = '/v3/marketing/partner/product-coupon/media/upload-image';

describe('one line in a test', () => {
  test('starts a sandbox on a free port in a folder that is gone afterwards', async () => {
    let folder: string;
    {
      await using sandbox = await startSandbox();
      ({ folder } = sandbox);
      expect(existsSync(folder)).toBe(true);
      const client = await sandbox.client();
      await client.uploadImage(PICTURE);
      expect(sandbox).toHaveReceivedUpload({ sha256: SHA256, filename: 'coupon.png', times: 1 });
    }
    expect(existsSync(folder)).toBe(false);
  });

  test('many at once and one after the other leave no folder and no handle', async () => {
    const before = folders();
    const many = await Promise.all(Array.from({ length: 10 }, () => startSandbox()));
    expect(new Set(many.map(({ credentials }) => credentials.baseUrl)).size).toBe(10);
    await Promise.all(many.map((sandbox) => sandbox.stop()));
    for (let round = 0; round < 10; round += 1) await (await startSandbox()).stop();
    expect(folders()).toEqual(before);
    expect(process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap')).toEqual([]);
  });

  test('what a killed process left behind is removed by the next one, and nothing else is', async () => {
    const home = await temporaryFolder();
    const env = { ...process.env, TMPDIR: home, XDG_CACHE_HOME: path.join(home, 'cache') };
    const killed = await script("await startSandbox(); process.kill(process.pid, 'SIGKILL');", env);
    expect(killed.code).toBeNull();
    const [left] = readdirSync(home).filter((name) => name.startsWith('coupon-media-sandbox-'));
    expect(left).toBeDefined();
    const other = path.join(home, 'other');
    await mkdir(other);
    const host = String(left).split('-')[3];
    await symlink(other, path.join(home, `coupon-media-sandbox-${host}-999999999-link`));
    // It ends without stop(): the folder is removed as the process exits.
    const next = await script('await startSandbox(); setTimeout(() => process.exit(0), 300);', env);
    expect(next).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(home).sort()).toEqual([
      'cache',
      `coupon-media-sandbox-${host}-999999999-link`,
      'other',
    ]);
    await rm(home, { recursive: true });
  });

  test('keys are made once for a user; of several that start at once the first makes them', async () => {
    const home = await temporaryFolder();
    const env = { ...process.env, XDG_CACHE_HOME: path.join(home, 'cache') };
    const print =
      'const s = await startSandbox(); console.log(s.credentials.certificateSerialNo); await s.stop();';
    const printed = await Promise.all(Array.from({ length: 3 }, () => script(print, env)));
    expect(new Set(printed.map(({ stdout }) => stdout)).size).toBe(1);
    const cache = path.join(home, 'cache', 'coupon-media', 'sandbox');
    expect(statSync(cache).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(cache, 'keys-1.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(cache).sort()).toEqual([expect.stringMatching(/^folder-/), 'keys-1.json']);
    const own = await sandboxOfTest({ keys: 'own' });
    const shared = await sandboxOfTest();
    expect(own.credentials.certificateSerialNo).not.toBe(shared.credentials.certificateSerialNo);
    await rm(home, { recursive: true });
  });
});

describe('the clock and the seed', () => {
  test('a frozen clock is followed by the client, and named to others', async () => {
    const sandbox = await sandboxOfTest({ clock: { frozenAt: '2030-01-01T00:00:00Z' } });
    expect(sandbox.now().toISOString()).toBe('2030-01-01T00:00:00.000Z');
    const client = await sandbox.client();
    await client.uploadImage(PICTURE);
    const { baseUrl, mchid, certificateSerialNo, privateKeyPath, ...platform } = sandbox.credentials;
    const late = createClient({
      ...{ baseUrl, mchid, certificateSerialNo, privateKeyPath },
      wechatPayPublicKeys: [
        { id: platform.wechatPayPublicKeyId, publicKeyPath: platform.wechatPayPublicKeyPath },
      ],
    });
    await expect(late.uploadImage(PICTURE)).rejects.toMatchObject({ code: 'SIGN_ERROR' });
    await late.close();
    expect(sandbox.requests.at(-1)?.mistake?.en).toContain('is frozen at 2030-01-01T00:00:00.000Z');
    sandbox.setClock({ aheadBy: 3_600_000 });
    await client.uploadImage(PICTURE);
    expect(Math.abs(sandbox.now().getTime() - Date.now() - 3_600_000)).toBeLessThan(60_000);
  });

  test.each([{ frozenAt: '1999-01-01' }, { frozenAt: 'yesterday' }, { aheadBy: 1e15 }])(
    'a time at which no certificate is valid is refused: %j',
    async (clock) => {
      await expect(startSandbox({ clock })).rejects.toMatchObject({ name: 'SandboxError', code: 'CLOCK' });
    },
  );

  test('a seed makes ids and nonces the same, after reset() too', async () => {
    const ids: (string | undefined)[][] = [];
    for (const sandbox of [await sandboxOfTest({ seed: 's' }), await sandboxOfTest({ seed: 's' })]) {
      for (let round = 0; round < 2; round += 1) {
        const client = await sandbox.client();
        await client.uploadImage(PICTURE);
        ids.push(sandbox.requests.map(({ requestId }) => requestId));
        sandbox.reset();
        expect(sandbox.requests).toEqual([]);
      }
    }
    expect(new Set(ids.map(String)).size).toBe(1);
  });
});

test('a seed makes chance the same, after reset() too', async () => {
  const sandbox = await sandboxOfTest({ seed: 's' });
  const rounds: string[] = [];
  for (let round = 0; round < 2; round += 1) {
    sandbox.faults.add({ request: { probability: 0.5 }, response: { refusal: 'rateExceeded' } });
    const client = await sandbox.client({ retries: 0 });
    for (let count = 0; count < 16; count += 1) await client.uploadImage(PICTURE).catch(() => {});
    rounds.push(sandbox.requests.map(({ outcome }) => outcome).join(' '));
    sandbox.reset();
  }
  expect(rounds[0]).toMatch(/SUCCESS.*RATELIMIT|RATELIMIT.*SUCCESS/);
  expect(rounds[1]).toBe(rounds[0]);
});

describe('what arrived', () => {
  test('is kept as it came', async () => {
    const sandbox = await sandboxOfTest();
    const client = await sandbox.client();
    await client.uploadImage(PICTURE, { filename: '图.png' });
    const [request] = sandbox.requests;
    expect(request).toMatchObject({
      ...{ number: 1, method: 'POST', url: UPLOAD, outcome: 'SUCCESS', mistake: undefined, isCut: false },
      upload: { filename: '图.png', sha256: SHA256, fileSha256: SHA256, fileBytes: statSync(PICTURE).size },
      response: { status: 200, writtenWhole: true },
    });
    expect(request?.parts.map(({ name }) => name)).toEqual(['meta', 'file']);
    expect(request?.parts[1]?.bytes).toEqual(await readFile(PICTURE));
    expect(request?.header('authorization')).toContain('WECHATPAY2-SHA256-RSA2048');
    expect(request?.signedMessage).toMatch(/^POST\n\/v3\/.*\n\d{10}\n\w{32}\n\{"filename":"图.png".*\}\n$/);
    expect(request?.stages.map(({ stage }) => stage)).toContain('publish');
  });

  test('is bounded: the oldest gives way, and of old bodies the beginning stays', async () => {
    const sandbox = await sandboxOfTest({ journal: { requests: 3, bytes: 72_000 } });
    const client = await sandbox.client();
    const image = await readFile('packages/sandbox/images/coupon.png');
    for (let index = 0; index < 5; index += 1) {
      await client.uploadImage(Buffer.concat([image, Buffer.alloc(30_000, index)]), {
        filename: `${index}.png`,
      });
    }
    await expect.poll(() => sandbox.requests.map(({ isCut }) => isCut)).toEqual([true, true, false]);
    expect(sandbox.requests.map(({ number, upload }) => [number, upload?.filename])).toEqual([
      [3, '2.png'],
      [4, '3.png'],
      [5, '4.png'],
    ]);
    expect(sandbox).toHaveReceivedUpload({ filename: /^[23]\.png$/, times: 2 });
  });

  test('the failure of the matcher lists it, with the mistake of a refused request', async () => {
    const sandbox = await sandboxOfTest();
    const client = await sandbox.client();
    await client.uploadImage(PICTURE);
    await fetch(`${sandbox.credentials.baseUrl}${UPLOAD}`, {
      method: 'POST',
      headers: { accept: 'application/json', 'user-agent': 'test' },
      body: '{}',
    });
    await fetch(`${sandbox.credentials.baseUrl}/upload`, { method: 'POST', body: '{}' });
    const expected = { sha256: '0'.repeat(64) };
    expect(() => expect(sandbox).toHaveReceivedUpload(expected)).toThrowError(
      /accepted none[\s\S]*#1 POST .*"coupon\.png" 1900000001 → 200 SUCCESS[\s\S]*#2 POST .* → 401 SIGN_ERROR — The body is not multipart[\s\S]*#3 .*→ 404 NO_ROUTE — There is nothing at/,
    );
    expect(() => assertReceivedUpload(sandbox, expected)).toThrowError(/accepted none/);
    expect(() => expect(sandbox).not.toHaveReceivedUpload()).toThrowError(/accept no upload/);
    expect(() => assertReceivedUpload(sandbox, { times: 2 })).toThrowError('2 uploads, and it accepted 1');
  });
});

test('a second merchant is in certificate mode: its responses are signed with the platform certificate', async () => {
  const sandbox = await sandboxOfTest();
  const { baseUrl, mchid, certificateSerialNo, privateKeyPath, platformCertificatePath } =
    sandbox.certificateMode;
  const client = createClient({
    ...{ baseUrl, mchid, certificateSerialNo, privateKeyPath },
    wechatPayCertificates: [platformCertificatePath],
  });
  await client.uploadImage(PICTURE);
  await client.close();
  expect(sandbox.requests[0]?.response?.headers['Wechatpay-Serial']).toBe(
    sandbox.certificateMode.platformCertificateSerialNo,
  );
  const doctor = await couponMedia('doctor', '--profile', sandbox.certificateModePath);
  expect(doctor.stderr + doctor.stdout).not.toContain('unknown');
});

describe('coupon-media sandbox init', () => {
  test('writes a test file that passes, and none over another', async () => {
    const folder = await mkdtemp(path.join(process.cwd(), 'e2e', 'init-'));
    const file = path.join(folder, 'coupon-media.test.mjs');
    try {
      const written = await couponMedia('--lang', 'en', 'sandbox', 'init', file, '--runner', 'node:test');
      expect(written).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(`wrote ${file} for node:test. Run it with: node --test ${file}`),
      });
      expect(await run(process.execPath, ['--test', file])).toMatchObject({ code: 0 });
      const again = await couponMedia('--lang', 'en', 'sandbox', 'init', file);
      expect(again).toMatchObject({ code: 3, stderr: expect.stringContaining('exists already') });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

function folders(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.includes(`-${process.pid}-`));
}

/** Runs a program in a process of its own. */
async function script(
  code: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const { spawn } = await import('node:child_process');
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', `import { startSandbox } from '@coupon-media/sandbox';\n${code}`],
    { env },
  );
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (text) => {
      output[name] += text;
    });
  }
  return new Promise((resolve) => child.on('close', (exit) => resolve({ code: exit, ...output })));
}
