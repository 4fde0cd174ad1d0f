import { rm } from 'node:fs/promises';
import path from 'node:path';
import { readCredentials } from '@coupon-media/sandbox';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { send, signedUpload } from './support/exchange.js';
import { expectRefusal } from './support/refusal.js';
import { type Running, startCouponMedia } from './support/run.js';
import { temporaryFolder } from './support/sandbox.js';
import { httpBytes, rawConnection, testService } from './support/service.js';

describe('a request that got its response cannot be repeated (contract 2.9)', () => {
  let folder: string;
  let running: Running;
  beforeEach(async () => {
    folder = await temporaryFolder();
    running = await started('--port', '0');
  });
  afterEach(async () => {
    await running.stop('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  test('not even after SIGKILL and a restart, or if it was refused; with a new signature it can', async () => {
    const credentials = await readCredentials(path.join(folder, 'credentials.json'));
    const stored = await signedUpload(credentials);
    const refused = await signedUpload(credentials, { filename: 'picture.gif' });
    const first = await send(credentials, stored);
    expect(first).toMatchObject({ status: 200, fault: undefined });
    expectRefusal(await send(credentials, refused), 'filenameWrong');
    await running.stop('SIGKILL');
    running = await started();
    expectRefusal(await send(credentials, stored), 'nonceReplayed');
    expectRefusal(await send(credentials, refused), 'nonceReplayed');
    expect(await send(credentials, await signedUpload(credentials))).toMatchObject({
      status: 200,
      text: first.text,
      fault: undefined,
    });
  });

  async function started(...options: string[]): Promise<Running> {
    const sandbox = startCouponMedia('sandbox', '--data', folder, ...options);
    await sandbox.prints('Ctrl-C stops');
    return sandbox;
  }
});

describe('a request whose response never arrived can be sent again unchanged (contract 2.9)', () => {
  test('if the connection broke before the body was complete, although the nonce was reserved', async () => {
    const { credentials, port, log } = await testService();
    const request = await signedUpload(credentials);
    const { head, body } = httpBytes(request);
    const { socket } = await rawConnection(port);
    // Meta is complete and its signature verified, but the file is incomplete.
    const most = Buffer.concat([Buffer.from(head), body.subarray(0, body.length - 20)]);
    socket.write(most, () => socket.destroy());
    await expect.poll(() => log.join(), { timeout: 10_000 }).toContain('the sender went away');
    expect(await send(credentials, request)).toMatchObject({ status: 200, fault: undefined });
  });
});
