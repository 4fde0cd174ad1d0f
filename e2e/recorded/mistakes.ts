import { polyglots } from '../support/polyglots.js';
import type { RecordedRequest } from './exchange.js';
import { BRAND_TARGET, form, PNG, png, TARGET, type UploadShape, upload } from './upload.js';
import {
  ANSWERED_BY_CERTIFICATE,
  BRAND,
  DISABLED,
  EXPIRED,
  OVER_ITS_RATE,
  PLATFORM_CERTIFICATE,
  PLATFORM_PUBLIC_KEY,
  REVOKED,
  WITHOUT_PERMISSION,
} from './world.mjs';

/**
 * Uploads with one relevant deviation, uploads with several mistakes for the order of refusals, and odd names and
 * images.
 */
export function mistakeRequests(): RecordedRequest[] {
  const rows = [...SENDERS, ...HEADERS, ...FORMS, ...NAMES.map(named), ...PICTURES.map(pictured)];
  const english = { 'Accept-Language': 'en' };
  return [
    ...rows.map(([what, shape]) => upload(`upload: ${what}`, shape)),
    ...[...SENDERS, ...FORMS].map(([what, shape]) =>
      upload(`upload in English: ${what}`, { ...shape, headers: { ...shape.headers, ...english } }),
    ),
    ...several(),
  ];
}

type Row = [what: string, shape: UploadShape];

const NONCE = 'theSameNonceOfTwoUploads';

const SENDERS: Row[] = [
  ['nothing wrong', {}],
  ['the same picture again', {}],
  ['a nonce', { nonce: NONCE }],
  ['the same nonce', { nonce: NONCE }],
  ['the same nonce, another second', { nonce: NONCE, skew: 1 }],
  ['no signature over meta', { signed: '' }],
  ['a signature over another meta', { signed: '{"filename":"other.png","sha256":""}' }],
  ['no Authorization', { authorization: undefined }],
  ['a clock 300 s behind', { skew: -300 }],
  ['a clock 301 s behind', { skew: -301 }],
  ['a clock 300 s ahead', { skew: 300 }],
  ['a clock 301 s ahead', { skew: 301 }],
  ['an unknown merchant', { mchid: '1900009999' }],
  ['an unknown serial', { serialNo: 'A'.repeat(40) }],
  ['a serial in small letters', { serialNo: '5157f09efdc096de15ebe81a47057a7232f1b8e1' }],
  ['a disabled merchant', { mchid: DISABLED }],
  ['a revoked certificate', { mchid: REVOKED }],
  ['an expired certificate', { mchid: EXPIRED }],
  ['no permission', { mchid: WITHOUT_PERMISSION }],
  ['no permission, where none is needed', { mchid: WITHOUT_PERMISSION, target: '/v3/merchant/media/upload' }],
  ['within its rate', { mchid: OVER_ITS_RATE }],
  ['over its rate', { mchid: OVER_ITS_RATE, nonce: 'freeAgainAfterEach429' }],
  ['over its rate again, with the same nonce', { mchid: OVER_ITS_RATE, nonce: 'freeAgainAfterEach429' }],
  ['a brand', { scheme: 'brand', target: BRAND_TARGET }],
  [
    'a brand without Wechatpay-Serial',
    { scheme: 'brand', target: BRAND_TARGET, headers: { 'Wechatpay-Serial': undefined } },
  ],
  ['a brand at a merchant’s path', { scheme: 'brand' }],
  ['a merchant at a brand’s path', { target: BRAND_TARGET }],
  ['a merchant who is a brand', { mchid: BRAND }],
  ['answered by the certificate', { headers: { 'Wechatpay-Serial': PLATFORM_CERTIFICATE } }],
  [
    'answered by the certificate, in small letters',
    { headers: { 'Wechatpay-Serial': PLATFORM_CERTIFICATE.toLowerCase() } },
  ],
  [
    'answered by the merchant’s default',
    { mchid: ANSWERED_BY_CERTIFICATE, headers: { 'Wechatpay-Serial': undefined } },
  ],
  ['answered by what is named', { mchid: ANSWERED_BY_CERTIFICATE }],
  ['answered by a key that is unknown', { headers: { 'Wechatpay-Serial': `${PLATFORM_PUBLIC_KEY}1` } }],
  ['favor', { target: '/v3/marketing/favor/media/image-upload' }],
  ['merchant media', { target: '/v3/merchant/media/upload' }],
  ['merchant service', { target: '/v3/merchant-service/images/upload' }],
  ['a query, signed', { target: `${TARGET}?a=b&c=%20` }],
  ['an empty query', { target: `${TARGET}?` }],
];

const HEADERS: Row[] = [
  ...['Accept', 'User-Agent', 'Host', 'Content-Type', 'Content-Length'].map(
    (name): Row => [`no ${name}`, without(name)],
  ),
  ...['Accept', 'User-Agent', 'Host', 'Content-Type'].map(
    (name): Row => [`an empty ${name}`, { headers: { [name]: '' } }],
  ),
  ...[
    'zh-CN',
    'zh-HK',
    'zh-TW',
    'en',
    'en-US',
    'zh',
    '*',
    'de, en;q=0.5',
    'fr',
    'EN',
    'zh-Hant',
    ';;',
    '',
  ].map(
    (language): Row => [
      `Accept-Language "${language}"`,
      { sha256: 'abc', headers: { 'Accept-Language': language } },
    ],
  ),
  ['HTTP/1.0', { version: 'HTTP/1.0' }],
  ['HTTP/1.0, kept alive', { version: 'HTTP/1.0', headers: { Connection: 'keep-alive' } }],
  ['HTTP/1.0 without Host', { version: 'HTTP/1.0', ...without('Host') }],
  ['HTTP/1.1, closed', { headers: { Connection: 'close' } }],
  ['a wrong signature, closed', { signed: '', headers: { Connection: 'close' } }],
  ['a request to upgrade', { headers: { Connection: 'Upgrade', Upgrade: 'h2c' } }],
  ['another expectation', { headers: { Expect: 'nothing' } }],
  ['no form', { headers: { 'Content-Type': 'application/json' }, body: Buffer.from('{}') }],
  ['a body that says it is larger than 8 MiB', { headers: { 'Content-Length': '8388609' } }],
];

const META = `{"filename":"picture.png","sha256":"${'0'.repeat(64)}"}`;

const FORMS: Row[] = [
  ['no meta', { meta: undefined, signed: '' }],
  ['no file', { file: undefined }],
  ['neither', { meta: undefined, file: undefined, signed: '' }],
  [
    'meta twice',
    {
      meta: META,
      body: form([
        ['meta', META],
        ['meta', META],
        ['file', PNG],
      ]),
    },
  ],
  [
    'file twice',
    {
      meta: META,
      body: form([
        ['meta', META],
        ['file', PNG],
        ['file', PNG],
      ]),
    },
  ],
  [
    'the file first',
    {
      meta: META,
      body: form([
        ['file', PNG],
        ['meta', META],
      ]),
    },
  ],
  [
    'no last boundary',
    {
      meta: META,
      body: form([
        ['meta', META],
        ['file', PNG],
      ]).subarray(0, -10),
    },
  ],
  ['an empty body', { meta: META, body: Buffer.alloc(0) }],
  ['meta that is no JSON', { meta: '{' }],
  ['a digest that is another’s', { sha256: '0'.repeat(64) }],
  ['a digest of three digits', { sha256: 'abc' }],
  ['a digest in capitals', { sha256: undefined, meta: META.replaceAll('0', 'F') }],
  ['no digest', { sha256: undefined }],
  ['a digest that is a number', { sha256: 1 }],
  ['no filename', { filename: undefined }],
  ['a filename that is null', { filename: null }],
  ['151 characters', { filename: `${'图'.repeat(147)}.png` }],
];

const NAMES = [
  'a\0.png',
  'a\r\nSet-Cookie: a=b\r\n.png',
  '\u{1f600}.png',
  '\ud800.png',
  'a.png\n',
  '.gif',
  'a.png.svg',
  '../../../etc/passwd.png',
  'C:\\con.png',
  '\u202egnp.exe.png',
  '"; filename="x.html.png',
  '<script>alert(1)</script>.jpg',
  '%2e%2e%2f%00.png',
  '.png',
  `${'图'.repeat(146)}.PNG`,
];

const PICTURES: [what: string, file: Buffer][] = [
  ['nothing', Buffer.alloc(0)],
  ['a page', Buffer.from('<!doctype html><script>alert(1)</script>')],
  ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')],
  ['a GIF', Buffer.from('GIF89a;alert(1)')],
  ['a page after a PNG’s first half', Buffer.concat([PNG.subarray(0, 4), Buffer.from('<script>')])],
  ['a script after a BMP’s magic', Buffer.from('BM=1;alert(1)// and so on, for longer than its header')],
  ['a JPEG without a frame', Buffer.from('ffd8ffd9', 'hex')],
  ['a PNG of no width', png(0, 5)],
  ['a PNG of 2^31 rows', png(5, 0x80000000)],
  ['a PNG of 30,000 columns', png(30_000, 1)],
  ['a PNG of 30,001 columns', png(30_001, 1)],
  ['a PNG of 100 KB', png(2, 2, Buffer.alloc(100_000))],
  ['a PNG of 2 MiB', png(3, 3, Buffer.alloc(2_097_152 - 33))],
  ['a PNG of 2 MiB and a byte', png(3, 3, Buffer.alloc(2_097_153 - 33))],
  ...polyglots('http://127.0.0.1:9/ran').map(({ name, bytes }): [string, Buffer] => [name, bytes]),
];

/**
 * Each is wrong in its named way and in everything that is checked later, so that the response reports the first
 * mistake (contract 5.2).
 */
function several(): RecordedRequest[] {
  const faults: Row[] = [
    ['Accept', without('Accept')],
    ['the form of Authorization', { authorization: 'WECHATPAY2-SHA256-RSA2048 x' }],
    ['the type of Authorization', { authorization: 'Basic YTpi' }],
    ['the timestamp', { skew: -999 }],
    ['the certificate', { serialNo: 'B'.repeat(40) }],
    ['the signature', { signed: 'x' }],
    ['permission', { mchid: WITHOUT_PERMISSION }],
    ['the rate', { mchid: OVER_ITS_RATE }],
    ['the name', { filename: 'a.gif' }],
    ['the digest', { sha256: 'abc' }],
    ['the picture', { file: Buffer.from('none') }],
  ];
  return faults.map(([what], index) => {
    const later = faults.slice(index).reverse();
    const shape = Object.assign({}, ...later.map(([, fault]) => fault));
    return upload(`wrong from ${what} on`, shape);
  });
}

function named(filename: string): Row {
  return [`the name ${JSON.stringify(filename)}`, { filename }];
}

function pictured([what, file]: [string, Buffer]): Row {
  return [`as a picture, ${what}`, { file }];
}

function without(name: string): UploadShape {
  return { headers: { [name]: undefined } };
}
