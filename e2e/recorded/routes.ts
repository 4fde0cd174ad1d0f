import type { RecordedRequest } from './exchange.js';
import {
  authorizationOf,
  BRAND_TARGET,
  bare,
  PNG,
  type SignedShape,
  sha256,
  TARGET,
  upload,
} from './upload.js';
import { BRAND, EXPIRED, PLATFORM_PUBLIC_KEY } from './world.mjs';

/** Requests for all other paths, and unusual requests for the paths of uploads. */
export function routeRequests(): RecordedRequest[] {
  return [
    // The images that are requested below.
    upload('a picture to be read'),
    upload('a long picture to be read', { file: LONG, filename: 'long.png' }),
    ...images(),
    ...PATHS.flatMap((path) => METHODS.map((method) => bare(`${method} ${path}`, `${method} ${path}`))),
    ...ODD_TARGETS.flatMap((target) =>
      ['GET', 'POST'].map((method) => bare(`${method} ${target.slice(0, 99)}`, `${method} ${target}`)),
    ),
    ...WAYS.flatMap(([what, headers, version]) =>
      ['/healthz', '/v3/unknown', TARGET].map((path) =>
        bare(`GET ${path} ${what}`, `GET ${path}${version}`, headers),
      ),
    ),
    ...certificates(),
  ];
}

const LONG = Buffer.concat([PNG, Buffer.alloc(70_000, 7)]);
const SHORT_URL = `/images/${sha256(PNG)}.png`;
const LONG_URL = `/images/${sha256(LONG)}.png`;

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND'];

const PATHS = [
  '/healthz',
  '/readyz',
  '/openapi.json',
  '/docs',
  '/v3/certificates',
  '/v3/unknown',
  '/',
  TARGET,
  BRAND_TARGET,
  SHORT_URL,
  `/images/${'0'.repeat(64)}.png`,
];

const ODD_TARGETS = [
  '*',
  'http://127.0.0.1/healthz',
  `http://127.0.0.1${TARGET}`,
  'https://img.example.com/v3/unknown',
  '//healthz',
  '/healthz/',
  '/healthz?a=b',
  '/Healthz',
  '/health%7a',
  '/%zz',
  '/healthz%00',
  '/healthz#x',
  '/healthz;a=b',
  `${TARGET}/`,
  `${TARGET.toUpperCase()}`,
  TARGET.replace('upload', '%75pload'),
  '/images',
  '/images/',
  '/images/..%2f..%2fcredentials.json',
  '/images/%zz.png',
  '/images/a/b',
  `/images/${sha256(PNG)}`,
  `/images/${sha256(PNG)}.jpg`,
  `/images/${sha256(PNG)}.gif`,
  `/images/${sha256(PNG).toUpperCase()}.png`,
  `/images/${sha256(PNG)}%2epng`,
  `${SHORT_URL}?a=b`,
  `${SHORT_URL}/`,
  `/images/${'a'.repeat(200)}`,
  `/${'a'.repeat(15_000)}`,
  '/openapi.json?',
  '/docs/',
  '/constructor',
  '/__proto__',
];

const WAYS: [what: string, headers: Record<string, string | undefined>, version: string][] = [
  ['without Host', { Host: undefined }, ''],
  ['by HTTP/1.0', { Host: undefined }, ' HTTP/1.0'],
  ['by HTTP/1.0, kept alive', { Connection: 'keep-alive' }, ' HTTP/1.0'],
  ['closed', { Connection: 'close' }, ''],
  ['with an empty Host', { Host: '' }, ''],
  ['with an odd Host', { Host: 'a b/c' }, ''],
  ['to upgrade', { Connection: 'Upgrade', Upgrade: 'websocket' }, ''],
  ['with Expect', { Expect: '100-continue' }, ''],
  ['with another expectation', { Expect: 'x' }, ''],
  ['with a type that is none', { 'Content-Type': 'x' }, ''],
];

function images(): RecordedRequest[] {
  const tag = `"${sha256(PNG)}"`;
  const conditions: Record<string, string>[] = [
    ...[tag, `W/${tag}`, '*', '"other"', `"other", ${tag}`, ''].map((value) => ({ 'If-None-Match': value })),
    ...RANGES.map((Range) => ({ Range })),
    { Range: 'bytes=0-0', 'If-Range': tag },
    { Range: 'bytes=0-0', 'If-Range': '"other"' },
    { Range: 'bytes=0-0', 'If-None-Match': tag },
    { 'If-Match': '"other"' },
    { 'If-Modified-Since': 'Mon, 23 Nov 2026 00:00:00 GMT' },
    { Accept: 'text/html' },
    { 'Accept-Encoding': 'gzip' },
    { Origin: 'https://elsewhere.example' },
  ];
  return [
    ...['GET', 'HEAD'].flatMap((method) =>
      conditions.map((headers) =>
        bare(`${method} an image, ${JSON.stringify(headers)}`, `${method} ${SHORT_URL}`, headers),
      ),
    ),
    ...['GET', 'HEAD'].map((method) => bare(`${method} a long image`, `${method} ${LONG_URL}`)),
    bare('GET a range of a long image', `GET ${LONG_URL}`, { Range: 'bytes=65530-65545' }),
    bare('GET an image by HTTP/1.0', `GET ${SHORT_URL} HTTP/1.0`),
  ];
}

const RANGES = [
  'bytes=0-9',
  'bytes=30-',
  'bytes=-5',
  'bytes=-0',
  'bytes=-999',
  'bytes=0-999',
  'bytes=33-',
  'bytes=99-100',
  'bytes=9-0',
  'bytes=0-1,3-4',
  'bytes=a-b',
  'bytes=',
  'lines=0-1',
  'BYTES=1-2',
];

function certificates(): RecordedRequest[] {
  const url = '/v3/certificates';
  const rows: [what: string, shape: SignedShape, headers?: Record<string, string | undefined>][] = [
    ['signed', { url, body: '' }],
    ['signed, with a query', { url: `${url}?a=b`, body: '' }],
    ['signed, answered by the public key', { url, body: '' }, { 'Wechatpay-Serial': PLATFORM_PUBLIC_KEY }],
    ['the same nonce', { url, body: '', nonce: 'theSameNonceOfTwoCalls' }],
    ['the same nonce again', { url, body: '', nonce: 'theSameNonceOfTwoCalls' }],
    ['signed with a body', { url, body: 'x' }],
    ['signed as an upload', { url, body: '', method: 'POST' }],
    ['signed by a brand', { url, body: '', scheme: 'brand', mchid: BRAND }],
    ['signed long ago', { url, body: '', skew: -301 }],
    ['of an expired certificate', { url, body: '', mchid: EXPIRED }],
    ['without User-Agent', { url, body: '' }, { 'User-Agent': undefined }],
    ['in English, wrong', { url, body: 'x' }, { 'Accept-Language': 'en' }],
  ];
  return rows.map(([what, shape, headers]) => {
    const label = `certificates: ${what}`;
    const Authorization = authorizationOf(label, { method: 'GET', ...shape });
    return bare(label, `GET ${shape.url}`, {
      Authorization,
      Accept: 'application/json',
      'User-Agent': 'recorded',
      ...headers,
    });
  });
}
