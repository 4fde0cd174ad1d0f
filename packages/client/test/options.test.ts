import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createSigner, KeyFormatError } from '@coupon-media/apiv3';
import { type ClientOptions, createClient, OptionError } from '@coupon-media/client';
import { afterAll, expect, test } from 'vitest';
import { readOptions } from '../dist/options.js';
import { makeCertificate } from './certificate.js';
import { makeKeyPair, merchant, optionsFor, PUBLIC_KEY_ID, platform, SERIAL_NO } from './service.js';

const base = optionsFor({ baseUrl: 'http://127.0.0.1:9' });
const certificate = makeCertificate(merchant, { serialNo: SERIAL_NO });
const folder = mkdtempSync(join(tmpdir(), 'client-options-'));
const keyPath = join(folder, 'apiclient_key.pem');
const publicKeyPath = join(folder, 'pub_key.pem');
writeFileSync(keyPath, merchant.privatePem);
writeFileSync(publicKeyPath, platform.publicPem);
afterAll(() => rmSync(folder, { recursive: true }));

const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
});
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
});
const key = (more: object) => ({ wechatPayPublicKeys: [{ id: PUBLIC_KEY_ID, ...more }] });

/** The given options, the option that the error names, and its message. */
const mistakes: [string, ClientOptions, string, RegExp][] = [
  ['neither merchant nor brand', { mchid: undefined }, 'mchid', /either mchid .* or brandId/],
  ['both', { brandId: '5' }, 'mchid', /one of the two/],
  ['a merchant number with a space', { mchid: '1900 001' }, 'mchid', /digits or letters/],
  [
    'a brand id of letters from elsewhere',
    { mchid: undefined, brandId: '品牌' },
    'brandId',
    /digits or letters/,
  ],
  ['no serial', { certificateSerialNo: undefined }, 'certificateSerialNo', /openssl x509/],
  [
    'a serial in decimal',
    { certificateSerialNo: BigInt(`0x${SERIAL_NO}`).toString() },
    'certificateSerialNo',
    new RegExp(`in hex it is ${SERIAL_NO}`),
  ],
  [
    'a serial with colons',
    { certificateSerialNo: SERIAL_NO.replace(/..(?!$)/g, '$&:') },
    'certificateSerialNo',
    new RegExp(`give ${SERIAL_NO}`),
  ],
  [
    'a serial with 0x',
    { certificateSerialNo: `0x${SERIAL_NO}` },
    'certificateSerialNo',
    new RegExp(`give ${SERIAL_NO}`),
  ],
  [
    'a public-key id for a serial',
    { certificateSerialNo: PUBLIC_KEY_ID },
    'certificateSerialNo',
    /your own API certificate/,
  ],
  ['a serial of other letters', { certificateSerialNo: 'serial' }, 'certificateSerialNo', /hex digits/],
  [
    'another certificate than the serial',
    { certificate, certificateSerialNo: 'AB'.repeat(20) },
    'certificateSerialNo',
    /leave it out/,
  ],
  [
    'a certificate of another key',
    { certificate: makeCertificate(makeKeyPair(), { serialNo: SERIAL_NO }) },
    'certificate',
    /does not belong/,
  ],
  [
    'the key where the certificate belongs',
    { certificate: merchant.privatePem },
    'certificate',
    /this is a private key/,
  ],
  ['no private key', { privateKey: undefined }, 'privateKey', /either privateKey .* or privateKeyPath/],
  ['two private keys', { privateKeyPath: keyPath }, 'privateKey', /one of the two/],
  [
    'the certificate where the key belongs',
    { privateKey: certificate },
    'privateKey',
    /this is an X\.509 certificate/,
  ],
  [
    'a public key where the key belongs',
    { privateKey: merchant.publicPem },
    'privateKey',
    /this is a public key/,
  ],
  ['a path where the text belongs', { privateKey: keyPath }, 'privateKey', /belongs in privateKeyPath/],
  ['an empty key', { privateKey: '' }, 'privateKey', /is empty/],
  ['a key cut short', { privateKey: merchant.privatePem.slice(0, 300) }, 'privateKey', /./],
  ['a weak key', { privateKey: weak.toString() }, 'privateKey', /2048 bits; this one has 1024/],
  ['a key on a curve', { privateKey: curve.toString() }, 'privateKey', /RSA/],
  [
    'a key file that is not there',
    { privateKey: undefined, privateKeyPath: join(folder, 'absent') },
    'privateKeyPath',
    /ENOENT/,
  ],
  [
    'a signer of another serial',
    { privateKey: createSigner('AB'.repeat(20), merchant.privateKey) },
    'certificateSerialNo',
    /leave it out/,
  ],
  [
    'nothing to verify with',
    { wechatPayPublicKeys: [] },
    'wechatPayPublicKeys',
    /no response could be verified/,
  ],
  [
    'a public-key id without its prefix',
    { wechatPayPublicKeys: [{ id: '0119', publicKey: platform.publicPem }] },
    'wechatPayPublicKeys[0].id',
    /PUB_KEY_ID_/,
  ],
  [
    'a serial for a public-key id',
    { wechatPayPublicKeys: [{ id: SERIAL_NO, publicKey: platform.publicPem }] },
    'wechatPayPublicKeys[0].id',
    /PUB_KEY_ID_/,
  ],
  ['a public key left out', key({}), 'wechatPayPublicKeys[0]', /either publicKey .* or publicKeyPath/],
  [
    'a certificate for a public key',
    key({ publicKey: certificate }),
    'wechatPayPublicKeys[0].publicKey',
    /X\.509 certificate/,
  ],
  [
    'a path for a public key',
    key({ publicKey: publicKeyPath }),
    'wechatPayPublicKeys[0].publicKey',
    /publicKeyPath/,
  ],
  [
    'a public-key file that is a folder',
    key({ publicKeyPath: folder }),
    'wechatPayPublicKeys[0].publicKeyPath',
    /EISDIR/,
  ],
  [
    'a public key for a platform certificate',
    { wechatPayCertificates: [platform.publicPem] },
    'wechatPayCertificates[0]',
    /this is a public key/,
  ],
  ['an APIv3 key of 31 characters', { apiV3Key: 'x'.repeat(31) }, 'apiV3Key', /32 characters/],
  [
    'certificates to fetch and no key for them',
    { downloadCertificates: true },
    'downloadCertificates',
    /apiV3Key/,
  ],
  ['a base URL and hosts', { hosts: ['https://a.example'] }, 'baseUrl', /one of the two/],
  ['a base URL without scheme', { baseUrl: 'api.mch.weixin.qq.com' }, 'baseUrl', /origin like/],
  ['a base URL with a path', { baseUrl: 'https://a.example/v3' }, 'baseUrl', /origin like/],
  ['another scheme', { baseUrl: 'ftp://a.example' }, 'baseUrl', /origin like/],
  ['no hosts', { baseUrl: undefined, hosts: [] }, 'hosts', /is empty/],
  [
    'a host with a query',
    { baseUrl: undefined, hosts: ['https://a.example', 'https://b.example?x'] },
    'hosts[1]',
    /origin like/,
  ],
  [
    'an APIv3 key with a line feed',
    { apiV3Key: `${'x'.repeat(32)}\n` },
    'apiV3Key',
    /has 33: remove the white space/,
  ],
  ['no time in all', { deadlines: { total: 0 } }, 'deadlines.total', /milliseconds/],
  ['a profile that is not there', { profile: join(folder, 'absent.json') }, 'profile', /ENOENT/],
  ['a profile that is a key', { profile: keyPath }, 'profile', /not a JSON object/],
  [
    'a key given as a profile',
    { profile: merchant.privatePem },
    'profile',
    /a PEM text of \d+ characters, not a path/,
  ],
  ['an object in place of a signer', { privateKey: JSON.parse('{}') }, 'privateKey', /PEM text or a Signer/],
  ['a deadline of nothing', { deadlines: { connect: 0 } }, 'deadlines.connect', /milliseconds/],
  ['a deadline that is not a number', { deadlines: { send: Number.NaN } }, 'deadlines.send', /milliseconds/],
  ['a deadline beyond timers', { deadlines: { response: 2 ** 31 } }, 'deadlines.response', /2147483647/],
  ['four retries', { retries: 4 }, 'retries', /0 to 3/],
  ['half a retry', { retries: 0.5 }, 'retries', /0 to 3/],
  ['no place', { limit: { concurrent: 0 } }, 'limit.concurrent', /1 or more/],
  ['no rate', { limit: { perSecond: -1 } }, 'limit.perSecond', /more than 0/],
  ['hosts left after no failure', { failover: { afterFailures: 0 } }, 'failover.afterFailures', /1 or more/],
  [
    'hosts that do not rest',
    { failover: { restMilliseconds: 0 } },
    'failover.restMilliseconds',
    /more than 0/,
  ],
  ['a proxy that is not a URL', { proxy: 'http://' }, 'proxy', /must be a URL/],
];

test.each(mistakes)('%s', (_, more, option, remedy) => {
  const attempt = () => createClient({ ...base, ...more });
  expect(attempt).toThrow(OptionError);
  expect(attempt).toThrow(
    expect.objectContaining({
      code: 'OPTION_INVALID',
      option,
      message: expect.stringMatching(remedy),
      texts: {
        en: expect.stringMatching(remedy),
        'zh-CN': expect.stringMatching(/^[^：]+：.*\p{Script=Han}/u),
      },
    }),
  );
});

test('a wrong kind of key file is the cause, and no key is in any message', () => {
  for (const [, more] of mistakes) {
    try {
      createClient({ ...base, ...more });
    } catch (error) {
      const { message, cause } = error as OptionError;
      expect(`${message} ${cause}`).not.toMatch(/[A-Za-z0-9+/]{45}/);
    }
  }
  expect(() => createClient({ ...base, privateKey: certificate })).toThrow(
    expect.objectContaining({ cause: expect.any(KeyFormatError) }),
  );
});

test('keys by path, by file: URL, and with \\n written out', () => {
  const byPath = {
    ...base,
    privateKey: undefined,
    wechatPayPublicKeys: [{ id: PUBLIC_KEY_ID, publicKeyPath }],
  };
  createClient({ ...byPath, privateKeyPath: keyPath });
  createClient({ ...byPath, privateKeyPath: pathToFileURL(keyPath) });
  createClient({ ...base, privateKey: merchant.privatePem.replaceAll('\n', '\\n') });
});

test('the serial is read from the certificate, by text or path', () => {
  const certificatePath = join(folder, 'apiclient_cert.pem');
  writeFileSync(certificatePath, certificate);
  for (const given of [certificate, certificatePath]) {
    const { ownKeys } = readOptions({ ...base, certificateSerialNo: undefined, certificate: given });
    expect(ownKeys.at(0).signer.keyId).toBe(SERIAL_NO);
  }
});

test('defaults are those of the contract', () => {
  const { hosts, deadlines, retries, language } = readOptions({ ...base, baseUrl: undefined });
  expect({ hosts, deadlines, retries, language }).toEqual({
    hosts: ['https://api.mch.weixin.qq.com', 'https://api2.mch.weixin.qq.com'],
    deadlines: { connect: 5_000, send: 30_000, response: 15_000, total: 50_000 },
    retries: 3,
    language: 'zh-CN',
  });
});

test.each(['https://a.example', 'https://a.example/', 'HTTPS://A.example:443/', ' https://a.example '])(
  'the address %j is read as one origin',
  (baseUrl) => {
    expect(readOptions({ ...base, baseUrl }).hosts).toEqual(['https://a.example']);
  },
);

test('keys and certificates are read from bytes, DER, UTF-16 and files with several blocks', () => {
  const bundle = `Bag Attributes\n${certificate}\n${merchant.privatePem}`;
  const bundlePath = join(folder, 'bundle.pem');
  const derPath = join(folder, 'key.der');
  const widePath = join(folder, 'wide.pem');
  writeFileSync(bundlePath, bundle);
  writeFileSync(derPath, merchant.privateKey.export({ type: 'pkcs8', format: 'der' }));
  writeFileSync(
    widePath,
    Buffer.concat([Buffer.from('fffe', 'hex'), Buffer.from(merchant.privatePem, 'utf16le')]),
  );
  const none = { ...base, privateKey: undefined };
  createClient({
    ...base,
    privateKey: Buffer.from(merchant.privatePem),
    certificate: Buffer.from(certificate),
  });
  createClient({ ...base, privateKey: bundle, certificate: bundle });
  for (const path of [bundlePath, derPath, widePath]) createClient({ ...none, privateKeyPath: path });
  createClient({ ...base, ...key({ publicKey: Buffer.from(platform.publicPem) }) });
});

test('a file of PKCS#12 is named, with the command that converts it', () => {
  const path = 'vectors/keys/merchant.p12';
  expect(() => createClient({ ...base, privateKey: undefined, privateKeyPath: path })).toThrow(
    /openssl pkcs12 -in/,
  );
});

test('a profile gives all options, relative to its folder, and the given ones take precedence', () => {
  const file = join(folder, 'shop.json');
  const profile = {
    baseUrl: 'http://127.0.0.1:8787/',
    mchid: '1900000001',
    certificateSerialNo: SERIAL_NO,
    privateKeyPath: 'apiclient_key.pem',
    wechatPayPublicKeyId: PUBLIC_KEY_ID,
    wechatPayPublicKeyPath: 'pub_key.pem',
    nextCertificates: [
      {
        from: '2026-12-01T00:00+08:00',
        certificateSerialNo: 'A1'.repeat(20),
        privateKeyPath: 'apiclient_key.pem',
      },
    ],
  };
  writeFileSync(file, JSON.stringify(profile));
  const { hosts, identity, ownKeys, platformKeys } = readOptions({ profile: file });
  expect({ hosts, id: identity.id, keys: platformKeys.map(({ id }) => id) }).toEqual({
    hosts: ['http://127.0.0.1:8787'],
    id: '1900000001',
    keys: [PUBLIC_KEY_ID],
  });
  expect(ownKeys.all().map(({ signer }) => signer.keyId)).toEqual(['A1'.repeat(20), SERIAL_NO]);
  const changed = readOptions({
    profile: pathToFileURL(file),
    baseUrl: 'https://a.example',
    brandId: '5',
    privateKey: merchant.privatePem,
  });
  expect([changed.hosts, changed.identity.scheme]).toEqual([['https://a.example'], 'brand']);
});
