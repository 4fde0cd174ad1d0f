/** Requests with the bytes of clients in other languages whose toolchains cannot be installed here. */
import net from 'node:net';
import { authorizationOf, parseAnswer, readCall, tell } from './call.mjs';

/**
 * Each shape consists of the request's own headers and a function that writes its form. `…` stands for the boundary.
 */
const SHAPES = {
  okhttp: {
    boundary: '054da926-f183-451c-9cff-c42a2cb7f3bc',
    headers: [
      'Content-Type: multipart/form-data; boundary=…',
      'Accept-Encoding: gzip',
      'User-Agent: okhttp/4.12.0',
    ],
    parts: ({ meta, file }) => [
      [
        [
          'Content-Disposition: form-data; name="meta"',
          'Content-Type: application/json; charset=utf-8',
          lengthOf(meta),
        ],
        meta,
      ],
      [
        [
          'Content-Disposition: form-data; name="file"; filename="图%22片.png"',
          'Content-Type: image/png',
          lengthOf(file),
        ],
        file,
      ],
    ],
  },
  'Go, official sample': {
    boundary: '9c0ff5b2b0a7c0d3a3b3a1f6e7d8c9b0a1f2e3d4c5b6a798897a6b5c4d3e',
    headers: [
      'User-Agent: Go-http-client/1.1',
      'Content-Type: multipart/form-data; boundary=…',
      'Accept-Encoding: gzip',
    ],
    parts: ({ meta, file }) => [
      [
        [
          'Content-Disposition: form-data; name="file"; filename="logo.png"',
          'Content-Type: application/octet-stream',
        ],
        file,
      ],
      [['Content-Disposition: form-data; name="meta"'], meta],
    ],
  },
  'Go, wechatpay-go': {
    boundary: 'ba17dd5ad5dd0cc8a2e4c7ee67e3dd83ba17dd5ad5dd0cc8a2e4c7ee67e3',
    headers: [
      'User-Agent: WechatPay-Go/0.2.20 (linux; amd64) go/1.22',
      'Content-Type: multipart/form-data; boundary=…',
    ],
    parts: ({ meta, file, filename }) => [
      [['Content-Disposition: form-data; name="meta";', 'Content-Type: application/json'], meta],
      [
        [`Content-Disposition: form-data; name="file"; filename="${filename}";`, 'Content-Type: image/png'],
        file,
      ],
    ],
  },
  'no boundary parameter': {
    boundary: '-----------------------------974767299852498929531610575',
    headers: ['User-Agent: wxpay', 'Content-Type: multipart/form-data'],
    parts: ({ meta, file }) => [
      [
        [
          'Content-Type: application/octet-stream',
          'content-disposition: form-data;filename=meta.json;name=meta',
        ],
        meta,
      ],
      [
        [
          'Content-Disposition: form-data; name="file"; filename*=UTF-8\'\'%E5%9B%BE.png',
          'Content-Type: image/jpg',
        ],
        file,
      ],
    ],
  },
  'preamble and epilogue': {
    boundary: "gc0p4Jq0M'(2Yt08j)34c0p=_",
    headers: ['User-Agent: mail', 'Content-Type: multipart/form-data; boundary="…"'],
    before: 'This is a message with several parts.\r\n',
    after: '\r\nThat is all.',
    parts: ({ meta, file }) => [
      [['Content-Transfer-Encoding: 8bit', 'Content-Disposition: form-data; name="meta"'], meta],
      [
        [
          'Content-Transfer-Encoding: binary',
          'Content-Disposition: form-data; filename="a.png"; name="file"',
        ],
        file,
      ],
    ],
  },
};

const call = readCall();
const shape = SHAPES[call.variant];
const body = formOf(shape);
const { host, hostname, port } = new URL(call.credentials.baseUrl);
const head = [
  `POST ${call.path} HTTP/1.1`,
  `Host: ${host}`,
  `Authorization: ${authorizationOf(call)}`,
  'Accept: application/json',
  `Wechatpay-Serial: ${call.platformKeyId}`,
  ...shape.headers.map((header) => header.replace('…', shape.boundary)),
  lengthOf(body),
  'Connection: close',
];

const socket = net.connect(Number(port), hostname);
socket.write(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]));
tell(parseAnswer(Buffer.concat(await socket.toArray()).toString()));

function formOf({ boundary, parts, before = '', after = '\r\n' }) {
  const pieces = parts(call).flatMap(([partHeaders, content]) => [
    `--${boundary}\r\n${partHeaders.join('\r\n')}\r\n\r\n`,
    content,
    '\r\n',
  ]);
  return Buffer.concat([before, ...pieces, `--${boundary}--${after}`].map((piece) => Buffer.from(piece)));
}

function lengthOf(content) {
  return `Content-Length: ${Buffer.byteLength(content)}`;
}
