import { readFile, rm } from 'node:fs/promises';
import {
  addMerchant,
  openEmbeddedMerchants,
  PUBLIC_URL_SETTING,
  readConfig,
  type ServiceConfig,
  startService,
} from '@coupon-media/server';
import pino from 'pino';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { PNG, send, sha256, signedUpload } from './support/exchange.js';
import { type TestSandbox, temporaryFolder, testSandbox } from './support/sandbox.js';

let folder: string;
let sandbox: TestSandbox;
const credentialsOf = (port: number) => ({ ...sandbox.credentials, baseUrl: `http://127.0.0.1:${port}` });
beforeAll(async () => {
  folder = await temporaryFolder();
  sandbox = await testSandbox();
  const { mchid, certificatePath } = sandbox.credentials;
  const records = await openEmbeddedMerchants({ folder });
  const certificatePem = await readFile(certificatePath, 'utf8');
  await addMerchant(records, { id: mchid, certificatePem }, Math.floor(Date.now() / 1000));
  await records.close();
});
afterAll(async () => {
  await sandbox.end();
  await rm(folder, { recursive: true, force: true });
});

// The tests follow the life of one folder.

test('a start alone fixes nothing: an address is not kept, and a configured URL replaces an earlier one', async () => {
  const address = await running({});
  await address.stop();
  expect(await kept()).toBeUndefined();
  for (const publicUrl of ['https://typo.example.com', 'https://img.example.com']) {
    const { service, stop } = await running({ publicUrl });
    expect(service.publicUrl).toBe(publicUrl);
    await stop();
    expect(await kept()).toBe(publicUrl);
  }
  // It has to be given once.
  const { service, stop } = await running({});
  expect(service.publicUrl).toBe('https://img.example.com');
  await stop();
});

test('a node takes over what another one has fixed meanwhile', async () => {
  const { service, upload, log, stop } = await running({ publicUrl: 'https://late.example.com' });
  const another = await openEmbeddedMerchants({ folder });
  await another.saveSetting(PUBLIC_URL_SETTING, 'https://first.example.com');
  await another.close();
  expect(await upload()).toBe(`https://first.example.com/images/${sha256(PNG)}.png`);
  expect(service.publicUrl).toBe('https://first.example.com');
  expect(log.join('')).toContain('"instead":"https://late.example.com"');
  await stop();
});

test('the first stored image fixes it', async () => {
  await expect(running({ publicUrl: 'https://other.example.com' })).rejects.toMatchObject({
    code: 'PUBLIC_URL_DIFFERS',
    message: expect.stringContaining('have URLs that begin with https://first.example.com'),
  });
  const { upload, stop } = await running({});
  expect(await upload()).toBe(`https://first.example.com/images/${sha256(PNG)}.png`);
  await stop();
});

async function running(settings: Partial<ServiceConfig>) {
  const config = readConfig({ data: folder, port: 0, ...settings }, {});
  const log: string[] = [];
  const service = await startService(config, {
    log: pino({ level: 'warn' }, { write: (line: string) => log.push(line) }),
  });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= service.stop();
    return stopped;
  };
  onTestFinished(stop);
  const credentials = credentialsOf(service.address.port);
  const upload = async () => {
    const { text } = await send(credentials, await signedUpload(credentials));
    return JSON.parse(text).image_url;
  };
  return { service, upload, log, stop };
}

async function kept(): Promise<string | undefined> {
  const records = await openEmbeddedMerchants({ folder });
  const value = await records.setting(PUBLIC_URL_SETTING);
  await records.close();
  return value;
}
