import type { Draft, Mutation } from '../draft.js';
import type { Random } from '../random.js';

/** What is put wrong in the request line and the headers, after signing. */
export const headMutations: readonly Mutation<Draft>[] = [
  ['header left out', ({ headers }, random) => void headers.splice(random.below(headers.length), 1)],
  [
    'header twice',
    ({ headers }, random) => {
      const [name, value] = random.pick(headers);
      headers.splice(random.below(headers.length), 0, [name, random.once(2) ? value : 'other']);
    },
  ],
  [
    'header odd',
    ({ headers }, random) => {
      const header = random.pick(headers);
      header[1] = random.pick(ODD_VALUES)(header[1]);
    },
  ],
  [
    'header more',
    ({ headers }, random) => void headers.splice(random.below(headers.length), 0, [...random.pick(MORE)]),
  ],
  [
    'request line',
    (draft, random) => {
      Object.assign(draft, random.pick(REQUEST_LINES)(draft.path));
    },
  ],
  [
    'content type',
    (draft, random) => {
      for (const header of draft.headers)
        if (header[0] === 'Content-Type') header[1] = random.pick(CONTENT_TYPES)(draft.boundary);
    },
  ],
  [
    'authorization fields',
    ({ authorization }, random) => random.pick(FIELD_MUTATIONS)(authorization.fields, random),
  ],
  [
    'authorization type',
    ({ authorization }, random) => {
      authorization.type = random.pick(TYPES);
    },
  ],
];

type Fields = [name: string, value: string][];

const FIELD_MUTATIONS: readonly ((fields: Fields, random: Random) => void)[] = [
  (fields, random) => void fields.sort(() => random.below(3) - 1),
  (fields, random) => void fields.splice(random.below(fields.length), 1),
  (fields, random) => void fields.push([...random.pick(fields)]),
  (fields, random) => void fields.unshift([random.pick(fields)[0], random.hex(8)]),
  (fields) => void fields.push(['more', 'and more']),
  (fields, random) => {
    const field = random.pick(fields);
    const at = random.below(field[1].length);
    field[1] =
      field[1].slice(0, at) + random.pick([...'0aZ="\\,\n\t é']) + field[1].slice(at + random.below(2));
  },
  (fields, random) => {
    const field = random.pick(fields);
    field[1] = random.pick([
      '',
      ' ',
      'x'.repeat(5000),
      '0',
      `${field[1]}"`,
      `${field[1]}",x="`,
      '1e10',
      '-1',
      'NaN',
    ]);
  },
  (fields, random) => {
    const field = random.pick(fields);
    field[0] = random.pick([field[0].toUpperCase(), `${field[0]} `, '', 'brand_id', 'serial']);
  },
];

const TYPES = [
  'WECHATPAY2-SHA256-RSA2048 ',
  'wechatpay2-sha256-rsa2048',
  'WECHATPAY-BRAND-SHA256-RSA2048',
  'WECHATPAY2-SM2-WITH-SM3',
  'Bearer',
  '',
];

const ODD_VALUES: readonly ((value: string) => string)[] = [
  () => '',
  (value) => ` ${value} `,
  (value) => `${value}\r\n folded`,
  (value) => `${value}\0`,
  (value) => `${value}\u00e9`,
  (value) => value.repeat(40),
  (value) => value.toUpperCase(),
  (value) => value.slice(0, -1),
  () => 'x'.repeat(20_000),
];

const MORE: readonly (readonly [string, string])[] = [
  ['Expect', '100-continue'],
  ['Expect', 'nothing'],
  ['Content-Encoding', 'gzip'],
  ['Connection', 'close'],
  ['Connection', 'Upgrade, HTTP2-Settings'],
  ['Upgrade', 'websocket'],
  ['Accept-Language', 'zh-CN;q=nan, *, en;q=-1'],
  ['X-Forwarded-Host', 'evil.example'],
  ['X-HTTP-Method-Override', 'GET'],
  ['Wechatpay-Serial', 'PUB_KEY_ID_0'],
  ['Wechatpay-Serial', '__proto__'],
  ['Range', 'bytes=0-1,2-3'],
  ['__proto__', 'x'],
  ['Trailer', 'Authorization'],
];

const REQUEST_LINES: readonly ((path: string) => Partial<Draft>)[] = [
  ...['GET', 'HEAD', 'PUT', 'OPTIONS', 'TRACE', 'CONNECT', 'PRI', 'post', 'PO ST', ''].map(
    (method) => () => ({ method }),
  ),
  ...['HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9', ''].map((version) => () => ({ version })),
  (path) => ({ path: `${path}?` }),
  (path) => ({ path: `${path}?a=b&a=%ff` }),
  (path) => ({ path: `${path}/` }),
  (path) => ({ path: `/${path}` }),
  (path) => ({ path: `/x/..${path}` }),
  (path) => ({ path: `http://127.0.0.1${path}` }),
  (path) => ({ path: path.replace('upload', '%75pload') }),
  (path) => ({ path: `${path}%zz` }),
  (path) => ({ path: `${path}%00` }),
  (path) => ({ path: `${path}#fragment` }),
  () => ({ path: '*' }),
  () => ({ path: `/${'a'.repeat(15_000)}` }),
  () => ({ path: '/v3/certificates' }),
  () => ({ path: '/v3/merchant/media/upload' }),
  () => ({ path: '/brand/marketing/product-coupon/media/upload-image' }),
  () => ({ method: 'GET', path: `/images/${'a'.repeat(64)}.png` }),
  () => ({ method: 'GET', path: '/images/..%2f..%2fcredentials.json' }),
  () => ({ method: 'GET', path: '/readyz' }),
];

const CONTENT_TYPES: readonly ((boundary: string) => string)[] = [
  (boundary) => `multipart/form-data; boundary="${boundary}"`,
  (boundary) => `Multipart/Form-Data;charset=utf-8;BOUNDARY=${boundary};`,
  (boundary) => `multipart/form-data; boundary=other; boundary=${boundary}`,
  (boundary) => `multipart/mixed; boundary=${boundary}`,
  (boundary) => `multipart/form-data; boundary=${boundary}x`,
  (boundary) => `multipart/form-data; boundary=${boundary.repeat(9)}`,
  () => 'multipart/form-data',
  () => 'multipart/form-data; boundary=',
  () => 'multipart/form-data; boundary="',
  () => `multipart/form-data; a=${' '.repeat(8000)}"`,
  () => 'application/json',
  () => 'application/x-www-form-urlencoded',
  () => '/',
];
