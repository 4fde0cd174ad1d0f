import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient } from '@coupon-media/client';
import { assertReceivedUpload, type Sandbox, startSandbox } from '@coupon-media/sandbox';
import { describe, expect, test } from 'vitest';
import { couponMedia, run } from './support/run.js';
import { sandboxOfTest } from './support/sandbox.js';

const PICTURE = 'packages/sandbox/images/coupon.png';
const UPLOAD = '/v3/marketing/partner/product-coupon/media/upload-image';

async function upload(sandbox: Sandbox): Promise<void> {
  const client = await sandbox.client();
  await client.uploadImage(PICTURE);
}

/** An upload signed by a key that the sandbox does not know. */
async function uploadWrongly({ credentials, certificateMode }: Sandbox): Promise<void> {
  const { baseUrl, mchid, certificateSerialNo, ...platform } = credentials;
  const client = createClient({
    ...{ baseUrl, mchid, certificateSerialNo, privateKeyPath: certificateMode.privateKeyPath },
    wechatPayPublicKeys: [
      { id: platform.wechatPayPublicKeyId, publicKeyPath: platform.wechatPayPublicKeyPath },
    ],
  });
  await expect(client.uploadImage(PICTURE)).rejects.toMatchObject({ code: 'SIGN_ERROR' });
  await client.close();
}

async function post(
  sandbox: Sandbox,
  number: number,
  body: string,
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${sandbox.credentials.baseUrl}/sandbox/requests/${number}/replay`, {
    ...{ method: 'POST', body },
    headers: { 'Content-Type': 'application/json' },
  });
  return { status: response.status, body: await response.json() };
}

describe('a replay', () => {
  test('is judged by its own time in a fresh nonce window, as often as one likes', async () => {
    const sandbox = await sandboxOfTest();
    await upload(sandbox);
    // An hour later its time is too old, and its nonce is used.
    sandbox.setClock({ aheadBy: 3_600_000 });
    for (const number of [2, 3]) {
      expect(await sandbox.replay(1)).toMatchObject({
        number,
        replayOf: 1,
        outcome: 'SUCCESS',
        mistake: undefined,
      });
    }
    const [first, second] = sandbox.requests;
    expect(second?.at).toEqual(first?.at);
    expect(second?.headers.filter(([name]) => name !== 'Connection')).toEqual(
      first?.headers.filter(([name]) => name.toLowerCase() !== 'connection'),
    );
    expect(second?.body.equals(first?.body ?? Buffer.alloc(0))).toBe(true);
    expect(second?.response?.body).toBe(first?.response?.body);
    expect(second?.stages.map(({ stage }) => stage)).toContain('publish');
    // It is nothing that the program has sent.
    assertReceivedUpload(sandbox, { times: 1 });
  });

  test('of a refused request is refused again, and signed again it passes', async () => {
    const sandbox = await sandboxOfTest({ clock: { frozenAt: '2030-01-01T00:00:00Z' } });
    sandbox.setClock('real');
    await uploadWrongly(sandbox);
    sandbox.setClock({ frozenAt: '2030-01-01T00:00:00Z' });
    const again = await sandbox.replay(1);
    expect(again).toMatchObject({ number: 2, replayOf: 1, outcome: 'SIGN_ERROR', refusedIn: 'authenticate' });
    expect(again.mistake).toEqual(sandbox.requests[0]?.mistake);
    expect(again.summary()).toContain('→ 401 SIGN_ERROR (replay of #1) —');
    const signed = await sandbox.replay(1, { resign: true });
    expect(signed).toMatchObject({ number: 3, replayOf: 1, outcome: 'SUCCESS', at: sandbox.now() });
    expect(signed.signedMessage).toContain(`\n${sandbox.now().getTime() / 1000}\n`);
  });

  test('a request that was refused for the frozen clock passes signed again', async () => {
    const sandbox = await sandboxOfTest();
    await upload(sandbox);
    sandbox.setClock({ frozenAt: '2030-01-01T00:00:00Z' });
    expect(await sandbox.replay(1, { resign: true })).toMatchObject({ outcome: 'SUCCESS' });
    sandbox.setClock('real');
    expect(await sandbox.replay(1, { resign: true })).toMatchObject({ outcome: 'SUCCESS' });
  });

  test('a request without a route is replayed, too, and one in chunks', async () => {
    const sandbox = await sandboxOfTest();
    await fetch(`${sandbox.credentials.baseUrl}/nothing`, { method: 'POST', body: '{}' });
    expect(await sandbox.replay(1)).toMatchObject({ outcome: 'NO_ROUTE', replayOf: 1, url: '/nothing' });
    await fetch(`${sandbox.credentials.baseUrl}${UPLOAD}`, {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new ReadableStream({
        start(controller) {
          controller.enqueue(Buffer.from('in '));
          controller.enqueue(Buffer.from('chunks'));
          controller.close();
        },
      }),
      duplex: 'half',
    } as RequestInit);
    await expect.poll(() => String(sandbox.requests[2]?.body)).toBe('in chunks');
    expect(String((await sandbox.replay(3)).body)).toBe('in chunks');
  });

  test('a request whose image the journal has dropped is refused in one line', async () => {
    const sandbox = await sandboxOfTest({ journal: { bytes: 20_000 } });
    const client = await sandbox.client();
    const image = await readFile(PICTURE);
    for (let round = 0; round < 2; round += 1)
      await client.uploadImage(Buffer.concat([image, Buffer.alloc(30_000, round)]), { filename: 'a.png' });
    await expect.poll(() => sandbox.requests[0]?.isCut).toBe(true);
    await expect(sandbox.replay(1)).rejects.toMatchObject({
      ...{ name: 'SandboxError', code: 'DROPPED' },
      message: expect.stringMatching(/^request #1 cannot be replayed: its image is no longer kept/),
    });
    expect(await post(sandbox, 1, '{}')).toMatchObject({ status: 410, body: { code: 'DROPPED' } });
    const { baseUrl } = sandbox.credentials;
    const told = await couponMedia('--lang', 'zh-CN', 'sandbox', 'replay', '1', '--url', baseUrl);
    expect(told).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^.*#1 号请求无法重放.*\n$/),
    });
    expect(sandbox.requests).toHaveLength(2);
  });

  test('of a request that did not arrive whole, and of none, is refused', async () => {
    const sandbox = await sandboxOfTest();
    const { port } = new URL(sandbox.credentials.baseUrl);
    const socket = connect({ port: Number(port), host: '127.0.0.1' });
    socket.on('error', () => {});
    socket.write(`POST ${UPLOAD} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf`);
    await expect.poll(() => sandbox.requests.length).toBe(1);
    socket.destroy();
    await expect.poll(() => sandbox.replay(1).catch(({ code }) => code)).toBe('INCOMPLETE');
    for (const number of [0, 99, -1, 1.5, Number.NaN])
      await expect(sandbox.replay(number)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await post(sandbox, 99, '')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });

  test('has a route, whose body says whether to sign', async () => {
    const sandbox = await sandboxOfTest();
    await uploadWrongly(sandbox);
    expect(await post(sandbox, 1, '')).toMatchObject({
      status: 200,
      body: { number: 2, replayOf: 1, status: 401, stages: expect.any(Array), response: { status: 401 } },
    });
    const signed = await post(sandbox, 1, '{"resign":true}');
    expect(signed).toMatchObject({ status: 200, body: { number: 3, replayOf: 1, outcome: 'SUCCESS' } });
    expect(JSON.stringify(signed.body)).toContain('signature=\\"[hidden]\\"');
    for (const body of ['[]', 'null', '{', '{"resign":"yes"}', '{"sign":true}', '"resign"'])
      expect(await post(sandbox, 1, body)).toMatchObject({ status: 400, body: { code: 'REPLAY' } });
    const large = JSON.stringify({ resign: ' '.repeat(70_000) });
    expect(await post(sandbox, 1, large)).toMatchObject({ status: 413, body: { code: 'TOO_LARGE' } });
  });

  test('has a command', async () => {
    const sandbox = await sandboxOfTest();
    const { baseUrl } = sandbox.credentials;
    await uploadWrongly(sandbox);
    const replay = (...args: string[]) =>
      couponMedia('--lang', 'en', 'sandbox', 'replay', ...args, '--url', baseUrl);
    expect(await replay('1')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/✗ .* #2 POST .*→ 401 SIGN_ERROR \(replay of #1\) — .*\n$/),
    });
    expect(await replay('1', '--resign')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/✓ .* #3 POST .*→ 200 SUCCESS \(replay of #1\)\n$/),
    });
    const { stdout } = await replay('1', '--resign', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ number: 4, replayOf: 1, outcome: 'SUCCESS' });
    expect(await replay('99')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^.*there is no request #99 in the journal.*\n$/),
    });
    expect(await replay('one')).toMatchObject({ code: 2 });
  });

  test('what stops meanwhile loses nothing, and leaves nothing', async () => {
    const sandbox = await sandboxOfTest();
    await upload(sandbox);
    const replays = Promise.allSettled([sandbox.replay(1), sandbox.replay(1, { resign: true })]);
    await sandbox.stop();
    expect(await replays).toMatchObject([
      { status: 'fulfilled', value: { outcome: 'SUCCESS' } },
      { status: 'fulfilled', value: { outcome: 'SUCCESS' } },
    ]);
  });
});

describe('what cannot be is said in one line, and nothing is lost', () => {
  test('a second sandbox on one folder', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'coupon-media-test-'));
    const sandbox = await sandboxOfTest({ folder, port: 0 });
    await upload(sandbox);
    const before = await readFile(sandbox.credentialsPath);
    await expect(startSandbox({ folder, port: 0 })).rejects.toMatchObject({
      code: 'FOLDER_IN_USE',
      message: expect.stringMatching(
        /is already served by process \d+ on .*: stop it, or use another folder$/,
      ),
    });
    const told = await couponMedia('--lang', 'en', 'sandbox', '--data', folder);
    expect(told).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^.*is already served by process.*\n$/),
    });
    expect(await readFile(sandbox.credentialsPath)).toEqual(before);
    await upload(sandbox);
    await sandbox.stop();
    await rm(folder, { recursive: true });
  });

  test('of two that start at once on a new folder, one has it', async () => {
    await (await startSandbox()).stop();
    const folder = await mkdtemp(path.join(tmpdir(), 'coupon-media-test-'));
    const both = await Promise.allSettled([1, 2].map(() => startSandbox({ folder, port: 0 })));
    const [held] = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const refused = both.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(refused).toMatchObject([{ code: 'FOLDER_IN_USE' }]);
    await upload(held as Sandbox);
    await held?.stop();
    await rm(folder, { recursive: true });
  });

  test('a port that is taken', async () => {
    const sandbox = await sandboxOfTest();
    const port = Number(new URL(sandbox.credentials.baseUrl).port);
    await expect(startSandbox({ port })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: expect.stringMatching(new RegExp(`^[^\\n]*${port}[^\\n]*$`)),
    });
    await upload(sandbox);
  });

  test('a limit of the journal that is none', async () => {
    for (const journal of [{ requests: -1 }, { bytes: Number.NaN }, { requests: 1.5 }])
      await expect(startSandbox({ journal })).rejects.toMatchObject({
        name: 'SandboxError',
        code: 'JOURNAL',
      });
  });

  test('a journal at its bound', async () => {
    const sandbox = await sandboxOfTest({ journal: { requests: 1 } });
    const { baseUrl } = sandbox.credentials;
    await upload(sandbox);
    await upload(sandbox);
    await expect.poll(() => sandbox.requests.map(({ number }) => number)).toEqual([2]);
    const told = await couponMedia('--lang', 'en', 'sandbox', 'requests', '--url', baseUrl);
    expect(told).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('#2 POST'),
      stderr: expect.stringMatching(
        /^.*1 older request gave way: the journal of the sandbox is at its bound\n$/,
      ),
    });
  });

  test('a clock that goes back behind used nonces', async () => {
    const ended = await run(process.execPath, [
      '--input-type=module',
      '-e',
      `import { startSandbox } from '@coupon-media/sandbox';
      const sandbox = await startSandbox({ language: 'en' });
      const client = await sandbox.client();
      for (const year of [2031, 2030, 2032, 2031]) {
        sandbox.setClock({ frozenAt: \`\${year}-01-01T00:00:00Z\` });
        await client.uploadImage('${PICTURE}');
      }
      console.log(sandbox.requests.map(({ outcome }) => outcome).join());
      await sandbox.stop();`,
    ]);
    expect(ended).toEqual({
      code: 0,
      stdout: 'SUCCESS,SUCCESS,SUCCESS,SUCCESS\n',
      stderr:
        'coupon-media sandbox: the clock was set back from 2031-01-01T00:00:00.000Z to 2030-01-01T00:00:00.000Z: 1 used nonce was forgotten, so that requests are accepted again (said once)\n',
    });
  });
});
