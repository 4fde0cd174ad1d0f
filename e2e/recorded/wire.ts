import type { RecordedRequest } from './exchange.js';
import { bare, upload } from './upload.js';

/** Requests with unusual bytes on the connection. */
export function wireRequests(): RecordedRequest[] {
  return [
    ...GARBAGE.map(([what, head]) => ({ label: `garbage: ${what}`, head })),
    ...framed(),
    ...pipelined(),
    ...expecting(),
  ];
}

const HOST = 'Host: 127.0.0.1\r\n';

const GARBAGE: [what: string, head: string][] = [
  ['no HTTP', 'hello\r\n\r\n'],
  ['a TLS client', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['HTTP/0.9', 'GET /healthz\r\n\r\n'],
  ['HTTP/3.7', `GET /healthz HTTP/3.7\r\n${HOST}\r\n`],
  ['a method of its own', `FETCH /healthz HTTP/1.1\r\n${HOST}\r\n`],
  ['a method in small letters', `get /healthz HTTP/1.1\r\n${HOST}\r\n`],
  ['two spaces', `GET  /healthz HTTP/1.1\r\n${HOST}\r\n`],
  ['no path', `GET HTTP/1.1\r\n${HOST}\r\n`],
  ['a path of NUL', `GET /\0 HTTP/1.1\r\n${HOST}\r\n`],
  ['a path in UTF-8', `GET /\xe5\x9b\xbe HTTP/1.1\r\n${HOST}\r\n`],
  ['line feeds alone', 'GET /healthz HTTP/1.1\nHost: a\n\n'],
  ['an empty line before', `\r\nGET /healthz HTTP/1.1\r\n${HOST}\r\n`],
  ['a header without a colon', `GET /healthz HTTP/1.1\r\n${HOST}nothing\r\n\r\n`],
  ['a header without a name', `GET /healthz HTTP/1.1\r\n${HOST}: a\r\n\r\n`],
  ['a space before the colon', `GET /healthz HTTP/1.1\r\n${HOST}A : b\r\n\r\n`],
  ['a folded header', `GET /healthz HTTP/1.1\r\n${HOST}A: b\r\n c\r\n\r\n`],
  ['NUL in a header', `GET /healthz HTTP/1.1\r\n${HOST}A: \0\r\n\r\n`],
  ['Host twice', `GET /healthz HTTP/1.1\r\n${HOST}${HOST}\r\n`],
  ['a header of 20,000', `GET /healthz HTTP/1.1\r\n${HOST}A: ${'a'.repeat(20_000)}\r\n\r\n`],
  ['3,000 headers', `GET /healthz HTTP/1.1\r\n${HOST}${'a: b\r\n'.repeat(3000)}\r\n`],
  ['1,000 headers', `GET /healthz HTTP/1.1\r\n${HOST}${'a: b\r\n'.repeat(1000)}\r\n`],
  ['CONNECT', `CONNECT 127.0.0.1:1 HTTP/1.1\r\n${HOST}\r\n`],
  ['OPTIONS *', `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`],
  ['a length that is none', `POST /healthz HTTP/1.1\r\n${HOST}Content-Length: x\r\n\r\n`],
  ['two lengths', `POST /healthz HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`],
  [
    'length and chunks',
    `POST /healthz HTTP/1.1\r\n${HOST}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  ['an encoding that is none', `POST /healthz HTTP/1.1\r\n${HOST}Transfer-Encoding: x\r\n\r\n`],
  ['a body where none is asked for', `GET /healthz HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\nabc`],
  ['a body to an unknown path', `POST /v3/unknown HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\nabc`],
  [
    'a body of JSON to an unknown path',
    `POST /x HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: 3\r\n\r\n{a}`,
  ],
];

function framed(): RecordedRequest[] {
  const chunked = (label: string, chunks: (body: Buffer) => (string | Buffer)[]) => {
    const request = upload(`chunked: ${label}`, {
      headers: { 'Content-Length': undefined, 'Transfer-Encoding': 'chunked' },
    });
    const body = Buffer.concat(
      chunks(request.body ?? Buffer.alloc(0)).map((chunk) => Buffer.from(chunk as string)),
    );
    return { ...request, body };
  };
  const size = (body: Buffer) => body.length.toString(16);
  return [
    chunked('one', (body) => [`${size(body)}\r\n`, body, '\r\n0\r\n\r\n']),
    chunked('a byte each', (body) => [
      ...[...body].flatMap((byte) => ['1\r\n', Buffer.from([byte]), '\r\n']),
      '0\r\n\r\n',
    ]),
    chunked('extensions and trailers', (body) => [`${size(body)};a=b\r\n`, body, '\r\n0\r\nA: b\r\n\r\n']),
    chunked('a size that is none', (body) => ['x\r\n', body, '\r\n0\r\n\r\n']),
    chunked('a negative size', (body) => ['-1\r\n', body, '\r\n0\r\n\r\n']),
    chunked('a size too small', (body) => [`${(body.length - 1).toString(16)}\r\n`, body, '\r\n0\r\n\r\n']),
    chunked('no end of line', (body) => [`${size(body)}\r\n`, body, '0\r\n\r\n']),
    { ...upload('a few bytes at a time'), write: 37 },
    { ...upload('a wrong signature, a few bytes at a time', { signed: '' }), write: 37 },
    { ...bare('a GET a byte at a time', 'GET /healthz'), write: 1 },
    { ...bare('a GET and no more', 'GET /healthz'), halfCloses: true },
    { ...bare('an unknown path and no more', 'GET /v3/unknown'), halfCloses: true },
    { label: 'half a head and no more', head: 'GET /healthz HTT', halfCloses: true },
    { label: 'nothing, and no more', head: '', halfCloses: true },
  ];
}

/** Two requests on one connection get two responses in order. */
function pipelined(): RecordedRequest[] {
  const both = (label: string, one: RecordedRequest, other: RecordedRequest): RecordedRequest => ({
    label: `pipelined: ${label}`,
    head: one.head,
    body: Buffer.concat([
      one.body ?? Buffer.alloc(0),
      Buffer.from(other.head, 'latin1'),
      other.body ?? Buffer.alloc(0),
    ]),
  });
  const [get, unknown, wrong] = [
    bare('', 'GET /healthz'),
    bare('', 'GET /v3/unknown'),
    upload('', { signed: '' }),
  ];
  return [
    both('two GETs', get, get),
    both('an unknown path and a GET', unknown, get),
    both('a GET and an unknown path', get, unknown),
    both('an upload and a GET', upload('before a GET'), get),
    both('a GET and an upload', get, upload('after a GET')),
    both('two uploads', upload('the first of two'), upload('the second of two', { filename: 'second.gif' })),
    both('a refused one and a good one', wrong, upload('after a refused one')),
    both('a good one and a refused one', upload('before a refused one'), wrong),
    both('the first one closes', bare('', 'GET /healthz', { Connection: 'close' }), get),
    both('the second one closes', get, bare('', 'GET /healthz', { Connection: 'close' })),
    both('a GET and garbage', get, { label: '', head: 'garbage\r\n\r\n' }),
    both('an upload and garbage', upload('before garbage'), { label: '', head: 'garbage\r\n\r\n' }),
    both('three', both('', get, unknown), get),
  ];
}

function expecting(): RecordedRequest[] {
  const Expect = '100-continue';
  return [
    { ...upload('expects: nothing wrong', { headers: { Expect } }), waits: true },
    { ...upload('expects: in other letters', { headers: { Expect: '100-Continue' } }), waits: true },
    { ...upload('expects: among others', { headers: { Expect: 'foo, 100-continue' } }), waits: true },
    {
      ...upload('expects: a bad Authorization', { authorization: 'none', headers: { Expect } }),
      waits: true,
    },
    { ...upload('expects: a clock behind', { skew: -301, headers: { Expect } }), waits: true },
    { ...upload('expects: a wrong signature', { signed: '', headers: { Expect } }), waits: true },
    { ...upload('expects: no Accept', { headers: { Expect, Accept: undefined } }), waits: true },
    { ...upload('expects: an unknown path', { target: '/v3/unknown', headers: { Expect } }), waits: true },
    {
      ...upload('expects: a body that says it is too large', {
        headers: { Expect, 'Content-Length': '8388609' },
      }),
      waits: true,
    },
    upload('expects, and does not wait', { headers: { Expect } }),
    upload('expects, does not wait, and is refused', { signed: '', headers: { Expect } }),
    upload('expects, does not wait, and is refused on the headers', {
      authorization: 'none',
      headers: { Expect },
    }),
    upload('expects by HTTP/1.0', { version: 'HTTP/1.0', headers: { Expect } }),
  ];
}
