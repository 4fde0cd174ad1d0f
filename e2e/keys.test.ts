import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  createKeyRing,
  createVerifier,
  loadCertificate,
  loadPublicKey,
  type PublicKey,
  type RefusalName,
  refusals,
  uploadEndpoint,
  verifyResponse,
} from '@coupon-media/apiv3';
import { type CertifiedPair, generateCertifiedPair } from '@coupon-media/sandbox';
import { openEmbeddedMerchants } from '@coupon-media/server';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Exchange, send, signedUpload, type UploadShape } from './support/exchange.js';
import { couponMedia, type Ended } from './support/run.js';
import { type TestSandbox, testSandbox } from './support/sandbox.js';

// Takes 37 s: sixty commands that load the whole service.

// Every test here runs about a dozen commands in separate processes while the service runs.
vi.setConfig({ testTimeout: 120_000 });

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await testSandbox();
});
afterAll(() => sandbox.end());

describe("a merchant's certificates", () => {
  test('three are valid at the same time, and a fourth is refused until one is revoked', async () => {
    const [first, second, third, fourth] = await Promise.all([0, 0, 0, 0].map(() => pair()));
    await added('1900000101', first as Pair);
    for (const { file } of [second as Pair, third as Pair])
      await merchant('add-certificate', '1900000101', '--certificate', file);
    for (const each of [first, second, third] as Pair[]) {
      await expectEventually({ ...by(each), mchid: '1900000101' }, 200);
    }
    const refused = await merchantFails(
      'add-certificate',
      '1900000101',
      '--certificate',
      (fourth as Pair).file,
    );
    expect(refused).toContain('at most 3 are allowed');
    await merchant('revoke-certificate', '1900000101', (first as Pair).serialNo.toLowerCase());
    await expectEventually({ ...by(first as Pair), mchid: '1900000101' }, 'certificateRevoked');
    await merchant('add-certificate', '1900000101', '--certificate', (fourth as Pair).file);
    await expectEventually({ ...by(fourth as Pair), mchid: '1900000101' }, 200);
  });

  test('an expired one has its own message and cannot be added', async () => {
    const current = await pair();
    await added('1900000102', current);
    const expired = await pair(new Date(Date.now() - 6 * 365 * 86_400_000));
    expect(await merchantFails('add-certificate', '1900000102', '--certificate', expired.file)).toContain(
      'expired on',
    );
    // The certificate is added as it would have been in time.
    const records = await openEmbeddedMerchants({ folder: sandbox.folder });
    await records.addCertificate('1900000102', {
      ...loadCertificate(expired.certificatePem),
      pem: expired.certificatePem,
    });
    await records.close();
    await expectEventually({ ...by(expired), mchid: '1900000102' }, 'certificateExpired');
    expect(await merchant('show', '1900000102')).toMatch(new RegExp(`${expired.serialNo}  expired on`));
  });

  test('an unknown one cannot be revoked, and none can be added twice', async () => {
    const certified = await pair();
    await added('1900000103', certified);
    expect(await merchantFails('revoke-certificate', '1900000103', 'A'.repeat(40))).toContain(
      certified.serialNo,
    );
    expect(await merchantFails('add-certificate', '1900000103', '--certificate', certified.file)).toContain(
      'already',
    );
  });
});

describe('a merchant', () => {
  test('is refused like an unknown one while it is disabled', async () => {
    const certified = await pair();
    await added('1900000111', certified);
    const shape = { ...by(certified), mchid: '1900000111' };
    await expectEventually(shape, 200);
    expect(await merchant('disable', '1900000111')).toContain('disabled');
    await expectEventually(shape, 'certificateUnknown');
    await merchant('enable', '1900000111');
    await expectEventually(shape, 200);
  });

  test('has its own permission and its own quota', async () => {
    const certified = await pair();
    await added('1900000112', certified, '--product-coupon', 'off');
    const shape = { ...by(certified), mchid: '1900000112' };
    await expectEventually(shape, 'permissionMissing');
    expect(await upload({ ...shape, path: uploadEndpoint('favor').path })).toMatchObject({ status: 200 });
    await merchant('set', '1900000112', '--product-coupon', 'on', '--quota', '1');
    await expectEventually(shape, 'rateExceeded');
    expect(await merchant('show', '1900000112')).toContain('1 uploads a second');
    await merchant('set', '1900000112', '--quota', 'default');
    await expectEventually(shape, 200);
    expect(await merchant('show', '1900000112')).toContain("the service's quota");
  });

  test('may be a brand, for the brand scheme alone', async () => {
    const certified = await pair();
    await added('123456', certified, '--brand');
    const brand: UploadShape = {
      ...by(certified),
      mchid: '123456',
      scheme: 'brand',
      path: uploadEndpoint('brand-product-coupon').path,
    };
    const answer = await expectEventually(brand, 200);
    expect(answer.headers['wechatpay-signature-type']).toBe('WECHATPAY-BRAND-SHA256-RSA2048');
    expect(answer.fault).toBeUndefined();
    await expectEventually({ ...by(certified), mchid: '123456' }, 'certificateUnknown');
  });

  test('is listed, and its APIv3 key is shown only on request', async () => {
    const certified = await pair();
    const [apiV3Key] = (await added('1900000113', certified)).match(/(?<=APIv3 key )\w{32}/) ?? [];
    expect(apiV3Key).toHaveLength(32);
    expect(await merchant('list')).toMatch(
      /^mchid 1900000113 {2}may upload .*1 valid certificate until [\d-]{10}$/m,
    );
    const shown = await merchant('show', '1900000113');
    expect(shown).toContain(certified.serialNo);
    expect(shown).not.toContain(apiV3Key);
    expect(await merchant('show', '1900000113', '--api-v3-key')).toContain(apiV3Key);
  });

  test.each([
    ['add', '1900 000', 'is not a valid mchid'],
    ['show', '1900000199', 'there is no merchant'],
    ['enable', '1900000199', 'there is no merchant'],
    ['add', '1900000001', 'already registered'],
  ])('%s %s: one line says what is wrong', async (command, id, text) => {
    const more = command === 'add' ? ['--certificate', (await pair()).file] : [];
    const stderr = await merchantFails(command, id, ...more);
    expect(stderr).toContain(text);
    // The line before it says which folder was looked into.
    expect(stderr.trimEnd().split('\n')).toHaveLength(2);
  });

  test('needs at least one setting in the command', async () => {
    const { code } = await couponMedia('merchant', 'set', '1900000001', '--data', sandbox.folder);
    expect(code).toBe(2);
  });
});

describe('platform keys', () => {
  test('a new key signs for requests that name it, and for all others once the old one is retired', async () => {
    const before = sandbox.credentials.wechatPayPublicKeyId;
    const printed = await platformKey('add');
    const [id = ''] = printed.split('\n');
    expect(id).toMatch(/^PUB_KEY_ID_\d{34}$/);
    const publicKey = loadPublicKey(printed);
    const named = await expectSignedBy(id, { headers: { 'Wechatpay-Serial': id } });
    expect(await judgeBy(id, publicKey, named)).toBeUndefined();
    await expectSignedBy(before, { headers: { 'Wechatpay-Serial': before } });
    await expectSignedBy(before, { headers: { 'Wechatpay-Serial': undefined } });
    const refused = await failing('platform-key', 'retire', before);
    expect(refused).toMatch(/signed a response at .*UTC: clients that know no other key would refuse/);
    expect(await platformKey('list')).toMatch(new RegExp(`^${before}  public-key  in use  last signed`, 'm'));
    await platformKey('retire', before, '--yes');
    await expectSignedBy(id, { headers: { 'Wechatpay-Serial': before } });
    await expectSignedBy(id, { headers: { 'Wechatpay-Serial': undefined } });
    expect(await platformKey('list')).toMatch(new RegExp(`^${before}  public-key  retired on`, 'm'));
  });

  test('a merchant can have another default key', async () => {
    const { platformCertificateSerialNo } = sandbox.credentials;
    const unnamed = { headers: { 'Wechatpay-Serial': undefined } };
    await merchant('set', '1900000001', '--platform-key', platformCertificateSerialNo);
    await expectSignedBy(platformCertificateSerialNo, unnamed);
    expect(await merchantFails('set', '1900000001', '--platform-key', 'PUB_KEY_ID_0')).toContain(
      'no platform key',
    );
    await merchant('set', '1900000001', '--platform-key', 'default');
    await expect.poll(async () => serialOf(await upload(unnamed))).not.toBe(platformCertificateSerialNo);
  });

  test('a pair made elsewhere is accepted, with a certificate or as a public key', async () => {
    const [certified, other] = [await pair(), await pair()];
    await platformKey('add', '--private-key', certified.keyFile, '--certificate', certified.file);
    const answer = await expectSignedBy(certified.serialNo, {
      headers: { 'Wechatpay-Serial': certified.serialNo },
    });
    const { publicKey } = loadCertificate(certified.certificatePem);
    expect(await judgeBy(certified.serialNo, publicKey, answer)).toBeUndefined();

    await platformKey('add', '--private-key', other.keyFile, '--id', 'PUB_KEY_ID_0123');
    await expectSignedBy('PUB_KEY_ID_0123', { headers: { 'Wechatpay-Serial': 'PUB_KEY_ID_0123' } });

    const mixed = await failing(
      'platform-key',
      'add',
      '--private-key',
      other.keyFile,
      '--certificate',
      certified.file,
    );
    expect(mixed).toContain('the private key and the certificate do not belong together');
    expect(await couponMedia('platform-key', 'add', '--id', 'PUB_KEY_ID_1')).toMatchObject({ code: 2 });
  });

  test('there is a warning about a private key that other users can read', async () => {
    const certified = await pair();
    await chmod(certified.keyFile, 0o644);
    const { code, stderr } = await run('platform-key', 'add', '--private-key', certified.keyFile);
    expect(code).toBe(0);
    expect(stderr).toContain(`others can read ${certified.keyFile}`);
  });

  test('the last key that can sign cannot be retired', async () => {
    const other = await testSandbox();
    const { platformCertificateSerialNo, wechatPayPublicKeyId } = other.credentials;
    const retire = (id: string) => couponMedia('platform-key', 'retire', id, '--data', other.folder);
    expect(await retire(platformCertificateSerialNo)).toMatchObject({ code: 0 });
    expect(await retire(wechatPayPublicKeyId)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('last platform key'),
    });
    await other.end();
  });
});

interface Pair extends CertifiedPair {
  serialNo: string;
  /** The serial of the certificate. */
  file: string;
  keyFile: string;
}

async function pair(from = new Date()): Promise<Pair> {
  const made = await generateCertifiedPair('CN=a merchant', from);
  const { serialNo } = loadCertificate(made.certificatePem);
  const file = path.join(sandbox.folder, `${serialNo}.pem`);
  const keyFile = path.join(sandbox.folder, `${serialNo}_key.pem`);
  await writeFile(file, made.certificatePem);
  await writeFile(keyFile, made.privateKeyPem, { mode: 0o600 });
  return { ...made, serialNo, file, keyFile };
}

function by({ privateKeyPem, serialNo }: Pair): UploadShape {
  return { privateKeyPem, serialNo };
}

function added(id: string, { file }: Pair, ...more: string[]): Promise<string> {
  return merchant('add', id, '--certificate', file, ...more);
}

async function merchant(...args: string[]): Promise<string> {
  return done(await run('merchant', ...args));
}

async function platformKey(...args: string[]): Promise<string> {
  return done(await run('platform-key', ...args));
}

function merchantFails(...args: string[]): Promise<string> {
  return failing('merchant', ...args);
}

/** @returns the standard error of the command */
async function failing(...args: string[]): Promise<string> {
  const { code, stderr } = await run(...args);
  expect(code).toBe(3);
  return stderr;
}

function run(...args: string[]): Promise<Ended> {
  return couponMedia(...args, '--data', sandbox.folder);
}

function done({ code, stdout, stderr }: Ended): string {
  expect({ code, stderr }).toEqual({ code: 0, stderr: `coupon-media: using the folder ${sandbox.folder}\n` });
  return stdout;
}

async function upload(shape: UploadShape): Promise<Exchange> {
  return send(sandbox.credentials, await signedUpload(sandbox.credentials, shape));
}

/** Waits until uploads get this response. The service sees a change within a second. */
async function expectEventually(shape: UploadShape, end: 200 | RefusalName): Promise<Exchange> {
  const wanted =
    end === 200 ? { status: 200 } : { status: refusals[end].status, message: refusals[end].message.en };
  let last: Exchange | undefined;
  await expect
    .poll(
      async () => {
        last = await upload({ ...shape, headers: { 'Accept-Language': 'en', ...shape.headers } });
        return {
          status: last.status,
          ...(last.status !== 200 && { message: JSON.parse(last.text).message }),
        };
      },
      { timeout: 10_000 },
    )
    .toEqual(wanted);
  return last as Exchange;
}

async function expectSignedBy(keyId: string, shape: UploadShape): Promise<Exchange> {
  let last: Exchange | undefined;
  await expect
    .poll(
      async () => {
        last = await upload(shape);
        return serialOf(last);
      },
      { timeout: 10_000 },
    )
    .toBe(keyId);
  return last as Exchange;
}

function serialOf({ headers }: Exchange): unknown {
  return headers['wechatpay-serial'];
}

function judgeBy(keyId: string, publicKey: PublicKey, { headers, text }: Exchange) {
  const keys = createKeyRing([createVerifier(keyId, publicKey)]);
  return verifyResponse(
    { header: (name) => [headers[name]].flat()[0], body: text },
    keys,
    Math.floor(Date.now() / 1000),
  );
}
