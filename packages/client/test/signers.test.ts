import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BilingualError, createSigner, encryptField } from '@coupon-media/apiv3';
import { adviceOn, type ClientOptions, createClient, SigningError } from '@coupon-media/client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeCertificate } from './certificate.js';
import { png } from './images.js';
import { makeKeyPair, merchant, optionsFor, SERIAL_NO, startService } from './service.js';

const certificate = makeCertificate(merchant, { serialNo: SERIAL_NO });
const another = makeKeyPair();
const NEXT_SERIAL_NO = '6157F09EFDC096DE15EBE81A47057A7232F1B8E1';
const nextCertificate = makeCertificate(another, { serialNo: NEXT_SERIAL_NO });

class DeviceError extends BilingualError {
  readonly code = 'DEVICE_REMOVED';
}

const gone = new DeviceError({ 'zh-CN': '设备已拔出', en: 'the device was removed' });

/** What a signer does, the fault of the error, its sentences, and the error that is its cause. */
const FAULTS = [
  [
    'whose device is gone',
    () => Promise.reject(gone),
    'failed',
    { 'zh-CN': '签名失败：设备已拔出', en: 'the signer failed: the device was removed' },
    gone,
  ],
  [
    'of other software that fails, whose words may hold a token',
    () => Promise.reject(new Error('401 for Bearer abc')),
    'failed',
    { 'zh-CN': '签名失败', en: 'the signer failed' },
    expect.objectContaining({ message: '401 for Bearer abc' }),
  ],
  [
    'that never returns',
    () => new Promise<string>(() => {}),
    'late',
    {
      'zh-CN': expect.stringMatching(/^签名失败：Signer 未在 \d+ 毫秒内返回签名$/),
      en: expect.stringMatching(/^the signer failed: it returned no signature within \d+ ms$/),
    },
    undefined,
  ],
  [
    'that returns no base64',
    () => Promise.resolve('a\r\nX-Injected: 1'),
    'unusable',
    {
      'zh-CN': '签名失败：Signer 的 sign() 返回的不是一行 base64',
      en: 'the signer failed: its sign() returned something other than base64 on one line',
    },
    undefined,
  ],
  [
    'with the key of another certificate',
    (message: Uint8Array) => createSigner(SERIAL_NO, another.privateKey).sign(message),
    'wrongKey',
    {
      'zh-CN': `签名失败：Signer 所用的私钥与证书 ${SERIAL_NO} 不匹配`,
      en: `the signer failed: it signs with another key than that of certificate ${SERIAL_NO}`,
    },
    undefined,
  ],
] as const;

test.each(FAULTS)(
  'a signer %s: nothing is sent, and nothing repeated',
  async (_, sign, fault, texts, cause) => {
    const service = await startService();
    let asked = 0;
    const privateKey = {
      sign: (message: Uint8Array) => {
        asked += 1;
        return sign(message);
      },
    };
    const total = fault === 'late' ? 200 : 50_000;
    const client = createClient(optionsFor(service, { privateKey, certificate, deadlines: { total } }));
    const error = await client.uploadImage(png()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SigningError);
    expect(error).toMatchObject({ code: 'SIGNING_FAILED', fault, texts, cause });
    expect(adviceOn(error as SigningError).remedy.en).toMatch(/\.$/);
    expect([asked, service.received.length]).toEqual([1, 0]);
  },
);

test('a signer needs no key id where the certificate is given', async () => {
  const service = await startService();
  const { sign } = createSigner('unused', merchant.privateKey);
  const options = optionsFor(service, { privateKey: { sign }, certificate, certificateSerialNo: undefined });
  await createClient(options).uploadImage(png());
  expect(service.received[0]).toMatchObject({ signed: true, authorization: { serialNo: SERIAL_NO } });
});

describe('a certificate that is used from a moment on', () => {
  const MOMENT = '2026-12-01T00:00:00+08:00';
  const next = { from: MOMENT, certificate: nextCertificate, privateKey: another.privatePem };

  /** A client whose clock is set by the test, and the serials of its requests. */
  async function clientAt(now: { at: string }, more: ClientOptions = {}) {
    const service = await startService();
    const effects = { now: () => Date.parse(now.at) };
    const client = createClient(optionsFor(service, { effects, retries: 0, ...more }));
    const serial = async () => {
      await client.uploadImage(png()).catch(() => undefined); // the clock of the service is another
      return service.received.at(-1)?.authorization?.serialNo;
    };
    return { client, serial };
  }

  test('as an option', async () => {
    const now = { at: '2026-11-30T15:59:59.999Z' };
    const { serial } = await clientAt(now, { nextCertificates: [next] });
    expect(await serial()).toBe(SERIAL_NO);
    now.at = '2026-11-30T16:00:00.000Z';
    expect(await serial()).toBe(NEXT_SERIAL_NO);
  });

  test('added to a client in use; fields for either certificate are decrypted', async () => {
    const now = { at: '2026-12-02T00:00:00Z' };
    const { client, serial } = await clientAt(now);
    expect(await serial()).toBe(SERIAL_NO);
    client.addCertificate(next);
    expect(await serial()).toBe(NEXT_SERIAL_NO);
    for (const { publicKey } of [merchant, another])
      expect(client.decrypt(encryptField('张三', publicKey))).toBe('张三');
  });

  test('written into the profile of a client in use', async () => {
    const service = await startService();
    const folder = mkdtempSync(join(tmpdir(), 'coupon-media-profile-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const profile = join(folder, 'shop.json');
    writeFileSync(profile, '{}');
    const client = createClient(optionsFor(service, { profile }));
    await client.uploadImage(png());
    const from = new Date().toISOString();
    const content = { from, certificate: nextCertificate, privateKey: another.privatePem };
    writeFileSync(profile, JSON.stringify({ nextCertificates: [content, { ...content, from: '' }] }));
    expect(() => client.rereadProfile()).toThrowError(
      expect.objectContaining({ code: 'OPTION_INVALID', option: 'nextCertificates[1].from' }),
    );
    writeFileSync(profile, JSON.stringify({ nextCertificates: [content] }));
    client.rereadProfile();
    await client.uploadImage(png());
    expect(service.received.map(({ authorization }) => authorization?.serialNo)).toEqual([
      SERIAL_NO,
      NEXT_SERIAL_NO,
    ]);
  });

  test.each([
    ['without an offset', { ...next, from: '2026-12-01' }, 'nextCertificates[0].from'],
    [
      'with the key of another',
      { ...next, privateKey: merchant.privatePem },
      'nextCertificates[0].certificate',
    ],
    ['without a key', { from: MOMENT, certificate: nextCertificate }, 'nextCertificates[0].privateKey'],
  ])('%s is refused by its option', async (_, wrong, option) => {
    const service = await startService();
    expect(() => createClient(optionsFor(service, { nextCertificates: [wrong] }))).toThrowError(
      expect.objectContaining({ code: 'OPTION_INVALID', option }),
    );
  });
});
