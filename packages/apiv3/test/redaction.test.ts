import { generateKeyPairSync, randomBytes } from 'node:crypto';
import {
  describeText,
  fileErrorReason,
  isPlainPath,
  isUnambiguousUrl,
  pathFault,
  redacted,
  redactedId,
  redactedOrigin,
  urlPlace,
  withoutPath,
  withoutSecrets,
} from '@coupon-media/apiv3';
import { expect, test } from 'vitest';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const apiV3Key = randomBytes(16).toString('hex');

/** Values that people give by mistake, and the text that a message shows. */
const SECRETS: [what: string, value: string, told: RegExp][] = [
  ['a key', privateKey, /^a PEM text of \d+ characters$/],
  ['a key cut short', privateKey.slice(0, 200), /^a PEM text of 200 characters$/],
  ['a key on one line', privateKey.replaceAll('\n', '\\n'), /^a PEM text/],
  ['base64 of a key', Buffer.from(privateKey).toString('base64'), /^base64 of a key/],
  [
    'base64 of a key, cut short',
    Buffer.from(privateKey).toString('base64').slice(0, 200),
    /^base64 of a key/,
  ],
  ['a key without its first line', privateKey.replace(/-----.*-----\n/g, ''), /^base64 of a key/],
  ['an APIv3 key', apiV3Key, /^a text of 32 characters$/],
  [
    'base64 of 32 bytes, with what divides folders in it',
    'Zk3/9aQx+T7b/Lm2Rt5vNw8pC1d/E4fG6hJ0sU+yVoI=',
    /^a text of 44 characters$/,
  ],
  ['a data URL', `data:image/png;base64,${randomBytes(2_000_000).toString('base64')}`, /^a data URL of \d+/],
  ['a URL with a password', 'https://user:word@example.com/', /^a URL with a user or password/],
  ['a profile', '{"mchid": "1900000001", "apiV3Key": "x"}', /^JSON/],
];

test.each(SECRETS)('%s is described by its look, and no part of it is shown', (_, value, expected) => {
  expect(redacted(value).en).toMatch(expected);
  expect(pathFault(value)?.en).toBe(`${redacted(value).en}, not a path`);
  expect(isPlainPath(value)).toBe(false);
  for (const text of Object.values(redacted(value))) expect(text.length).toBeLessThan(80);
});

test('names, numbers and paths are shown unchanged', () => {
  const names = [
    'apiclient_key.pem',
    '/tmp/coupon-media-e2e-aB3x9Q/1.png',
    '商品券 头图.png',
    'a\nb.png',
    '1900000001',
  ];
  for (const name of names) {
    expect(redacted(name).en).toBe(JSON.stringify(name));
    expect(pathFault(name)).toBeUndefined();
  }
  expect([redacted(7).en, redacted(undefined).en, redacted(null).en, redacted([]).en]).toEqual([
    '7',
    'undefined',
    'null',
    'object',
  ]);
});

test('an id or an address is shown unchanged, and any other text by its length', () => {
  for (const id of [
    '1900000001',
    'PUB_KEY_ID_0000000000000024101100397200000006',
    '0123456789ABCDEF'.repeat(2),
  ])
    expect(redactedId(id).en).toBe(id);
  for (const [id, said] of [
    ['Secr3t@Tail', 'a text of 11 characters'],
    [apiV3Key, 'a text of 32 characters'],
    [privateKey.slice(0, 90), 'a PEM text of 90 characters'],
  ] as const)
    expect(redactedId(id).en).toBe(said);
  for (const origin of ['api.mch.weixin.qq.com', 'localhost:8787', 'ftp.example.com/a', 'http://[::1]:8787/'])
    expect(redactedOrigin(origin).en).toBe(origin);
  for (const word of ['hunter2', 'Secr3t@Tail/Rest9', 'https://user:word@example.com', 'pass word'])
    expect(redactedOrigin(word).en).not.toContain(word);
  expect(redactedId('pass word')['zh-CN']).toBe('一段 9 个字符的文本');
  expect(describeText('pass word').en).toBe('a text of 9 characters');
});

test('in place of the path of a key, only a text that looks like a path is shown', () => {
  for (const path of ['apiclient_key.pem', '/run/secrets/merchant_key', './keys/shop', 'C:\\keys\\shop.key'])
    expect(isPlainPath(path), path).toBe(true);
  for (const word of ['hunter2', 'Secr3t@Tail/Rest9', 'pass word', apiV3Key, 'Xy+/=='])
    expect(isPlainPath(word), word).toBe(false);
});

test('nothing that a library says carries a key, a data URL or a path along', () => {
  for (const [, value] of SECRETS.slice(0, 8)) {
    const said = withoutSecrets(`open '${value}' failed`);
    expect(said.length).toBeLessThan(1000);
    expect(said).not.toContain(value.slice(-30));
  }
  const error = Object.assign(new Error(`ENAMETOOLONG: name too long, open '${privateKey}'`), {
    code: 'ENAMETOOLONG',
    path: privateKey,
  });
  expect(fileErrorReason(error)).toBe('ENAMETOOLONG: name too long');
  expect(Object.entries(withoutPath(error))).toEqual([['code', 'ENAMETOOLONG']]);
});

/** Characters that end a part of a URL or begin an escape. */
const BREAKING = ['/', '?', '#', '@', '%', '\\', ' '];

test('a URL whose password needs escaping is neither used nor told, wherever in it the character stands', () => {
  const bases = [
    'redis://:P@127.0.0.1:6379',
    'postgres://user:P@db.internal/coupons?sslmode=require',
    'http://user:P@proxy:3128',
  ];
  for (const base of bases) {
    for (const character of BREAKING) {
      for (const password of [
        `${character}Secr3t`,
        `Secr${character}3t`,
        `12${character}zz`,
        `Secr3t${character}`,
      ]) {
        const url = base.replace('P', password);
        expect(isUnambiguousUrl(url), url).toBe(false);
        expect(urlPlace(url, '1')).not.toMatch(/Secr|3t|12|zz/);
      }
    }
    for (const character of BREAKING) {
      const url = base.replace('P', `Secr${encodeURIComponent(character)}3t`);
      expect(isUnambiguousUrl(url), url).toBe(true);
      expect(urlPlace(url)).not.toMatch(/Secr|3t/);
    }
  }
});

test.each([
  ['redis+sentinel://:pw@a,b:2/shop/1?x=pw', true, 'a:26379,b:2/shop/1'],
  ['rediss+cluster://u:pw@a:1,[::1]:2', true, 'a:1,[::1]:2'],
  ['redis+unix:///run/redis.sock?db=1', true, '/run/redis.sock'],
  ['redis+cluster://a:1,b:pw', false, '(a URL that is not shown: its password needs escaping)'],
  ['redis://a:1,b:2', false, '(a URL that is not shown: its password needs escaping)'],
])('several hosts, and a socket: %s', (url, isUsable, place) => {
  expect(isUnambiguousUrl(url)).toBe(isUsable);
  expect(urlPlace(url, '6379')).toBe(place);
});
