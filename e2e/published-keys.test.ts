import { readFile, rm } from 'node:fs/promises';
import { createClient } from '@coupon-media/client';
import { addMerchant, addPlatformKey, openEmbeddedMerchants, readPlatformKey } from '@coupon-media/server';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { couponMedia } from './support/run.js';
import { temporaryFolder } from './support/sandbox.js';

const KEYS = 'vectors/keys/';
const NOW = Math.floor(Date.now() / 1000);

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => rm(folder, { recursive: true }));

describe('a client with a key that everybody can have', () => {
  const own = {
    mchid: '1900000001',
    certificateSerialNo: '1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C',
    privateKeyPath: `${KEYS}merchant.key.pem`,
    wechatPayCertificates: [`${KEYS}platform.cert.pem`],
  };

  test('is made for this machine alone', async () => {
    for (const baseUrl of ['http://127.0.0.1:1', 'http://localhost:1', 'http://[::1]:1'])
      await createClient({ ...own, baseUrl }).close();
    for (const hosts of [
      undefined,
      ['http://127.0.0.1.example'],
      ['http://127.0.0.1:1', 'https://pay.example'],
    ])
      expect(() => createClient({ ...own, hosts })).toThrowError(
        /privateKey: is the key of the vectors' first merchant/,
      );
  });

  test("is refused for the platform's key, too", () => {
    const wechatPayPublicKeys = [
      { id: 'PUB_KEY_ID_1', publicKeyPath: 'vectors/published-platform-test-key.pub.pem' },
    ];
    const signer = { keyId: own.certificateSerialNo, sign: async () => '' };
    const { privateKeyPath: _, ...rest } = own;
    expect(() => createClient({ ...rest, privateKey: signer, wechatPayPublicKeys })).toThrowError(
      /wechatPayPublicKeys: is the platform key of the published samples/,
    );
  });
});

describe('the commands of the service', () => {
  test.each([
    ['merchant', 'add', '1900000001', '--certificate', `${KEYS}merchant.cert.pem`],
    ['platform-key', 'add', '--private-key', 'vectors/published-merchant-test-key.pem'],
    [
      'platform-key',
      'add',
      '--private-key',
      `${KEYS}platform.key.pem`,
      '--certificate',
      `${KEYS}platform.cert.pem`,
    ],
  ])('%s %s refuses it by name', async (...args) => {
    const { code, stderr } = await couponMedia('--lang', 'en', ...args, '--data', folder);
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: expect.stringContaining('whose private half everybody can have'),
    });
  });

  test('serve refuses a folder with such a key, unless only this machine can reach it', async () => {
    const records = await openEmbeddedMerchants({ folder });
    await addPlatformKey(
      records,
      readPlatformKey(
        { privateKeyPem: await readFile('vectors/published-merchant-test-key.pem', 'utf8') },
        NOW,
      ),
    );
    await addMerchant(
      records,
      { id: '1900000001', certificatePem: await readFile(`${KEYS}merchant.cert.pem`, 'utf8') },
      NOW,
    );
    await records.close();
    const { code, stderr } = await couponMedia(
      '--lang',
      'en',
      'serve',
      '--data',
      folder,
      '--host',
      '0.0.0.0',
      '--port',
      '0',
    );
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: expect.stringMatching(/PUB_KEY_ID_\w+ has the merchant key of the published samples/),
    });
  });
});
