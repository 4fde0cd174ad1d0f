import { createHash } from 'node:crypto';
import { type ImageFault, inspectImage, mediaTypes, refusals } from '@coupon-media/apiv3';
import { openEmbeddedImages } from '@coupon-media/server';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Exchange, PNG, png, send, signedUpload, type UploadShape } from './support/exchange.js';
import { polyglots } from './support/polyglots.js';
import { type TestSandbox, testSandbox } from './support/sandbox.js';

// Everything goes through the whole service. `npm run fuzz` does the same without end.
let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await testSandbox();
});
afterAll(() => sandbox.end());

test('only a genuine Authorization is accepted, and no malformed one is too long to be refused', async () => {
  const text = fc.string({
    unit: fc.constantFrom(...'WECHATPAY2-SHA256-RSA2048 mchid="1900000001",nonce_str=serial_no\t;\'%'),
    maxLength: 300,
  });
  const edit = fc.record({ at: fc.nat(), cut: fc.nat(40), more: text });
  await fc.assert(
    fc.asyncProperty(fc.oneof(text, edit), async (change) => {
      const request = await signedUpload(sandbox.credentials);
      const genuine = request.headers.Authorization as string;
      const header = typeof change === 'string' ? change : edited(genuine, change);
      fc.pre(header.trim() !== genuine);
      const { status } = await send(sandbox.credentials, {
        ...request,
        headers: { ...request.headers, Authorization: header },
      });
      expect(status === 401 || (status === 200 && sameFields(header, genuine))).toBe(true);
    }),
    { numRuns: 200 },
  );
});

describe('filenames', () => {
  const REFUSED = [
    'a\0.png',
    'a\r\nSet-Cookie: a=b\r\n.png',
    '\u{1f600}.png',
    `${'\u{1f600}'.repeat(146)}.png`,
    '\ud800.png',
    'a.png\n',
    '.gif',
    'a.png.svg',
    'a.html',
  ];
  test.each(REFUSED.map((name) => [JSON.stringify(name), name]))('%s is refused', async (_, filename) => {
    const answer = await upload({ filename });
    expect(JSON.parse(answer.text)).toMatchObject({
      code: 'PARAM_ERROR',
      message: refusals.filenameWrong.message['zh-CN'],
      detail: { field: '/body/meta/filename' },
    });
  });

  const TAKEN = [
    '../../../etc/passwd.png',
    'C:\\con.png',
    '\u202egnp.exe.png',
    '"; filename="x.html.png',
    '<script>alert(1)</script>.jpg',
    '%2e%2e%2f%00.png',
    '.png',
    '图'.repeat(146).concat('.PNG'),
  ];
  test.each(TAKEN)('%s is an ordinary name and never a path', async (filename) => {
    const { status, text, headers } = await upload({ filename });
    expect({ status, url: JSON.parse(text).image_url }).toEqual({ status: 200, url: urlOf(PNG) });
    expect(JSON.stringify(headers)).not.toContain('script');
    const images = await openEmbeddedImages({ folder: sandbox.folder });
    const { uploads } = await images.uploads({ limit: 1 });
    await images.close();
    expect(uploads[0]?.filename).toBe(filename);
  });

  test('any name is either refused or stored as sent', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', maxLength: 160 }),
        fc.constantFrom('.png', '.JPG', '.bmp', ''),
        async (name, suffix) => {
          const { status, text } = await upload({ filename: name + suffix });
          expect([200, 400]).toContain(status);
          if (status === 200) expect(JSON.parse(text).image_url).toBe(urlOf(PNG));
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('pictures', () => {
  const REFUSED: [what: string, bytes: Buffer, fault: ImageFault | 'fileEmpty' | 'fileTooLarge'][] = [
    ['nothing', Buffer.alloc(0), 'fileEmpty'],
    ['a page', Buffer.from('<!doctype html><script>alert(1)</script>'), 'imageKindUnknown'],
    [
      'an SVG',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
      'imageKindUnknown',
    ],
    ['a GIF', Buffer.from('GIF89a;alert(1)'), 'imageKindUnknown'],
    [
      "a page after a PNG's first half",
      Buffer.concat([PNG.subarray(0, 4), Buffer.from('<script>')]),
      'imageKindUnknown',
    ],
    [
      "a page after a PNG's magic",
      Buffer.concat([PNG.subarray(0, 8), Buffer.from('<script>alert(1)</script> and more')]),
      'imageHeaderBroken',
    ],
    [
      "a script after a BMP's magic",
      Buffer.from('BM=1;alert(1)// and so on, for longer than its header'),
      'imageHeaderBroken',
    ],
    ['a JPEG without a frame', Buffer.from('ffd8ffd9', 'hex'), 'imageHeaderBroken'],
    [
      'a JPEG of fill bytes',
      Buffer.concat([Buffer.from('ffd8', 'hex'), Buffer.alloc(2_000_000, 0xff)]),
      'imageHeaderBroken',
    ],
    ['a PNG of no width', png(0, 5), 'imageSizeImpossible'],
    ['a PNG of 2^31 rows', png(5, 0x80000000), 'imageSizeImpossible'],
    ['a PNG of 30,001 columns', png(30_001, 1), 'imageSizeImpossible'],
    ['2 MiB and a byte', Buffer.concat([PNG, Buffer.alloc(2_097_153 - PNG.length)]), 'fileTooLarge'],
  ];
  test.each(REFUSED)('%s: refused', async (_, file, fault) => {
    const answer = await upload({ file });
    expect({ status: answer.status, message: JSON.parse(answer.text).message, fault: answer.fault }).toEqual({
      status: refusals[fault].status,
      message: refusals[fault].message['zh-CN'],
      fault: undefined,
    });
    expect((await fetch(urlOf(file, 'png'))).status).toBe(404);
  });

  test.each(polyglots('http://127.0.0.1:9/ran'))(
    '$name: served as the image that it is, and as nothing else',
    async ({ bytes, suffix }) => {
      const { text } = await upload({ file: bytes });
      await expectHarmless(JSON.parse(text).image_url, bytes, suffix);
    },
  );

  test("any bytes after an image's magic are refused or served as that image", async () => {
    const magic = fc
      .constantFrom('89504e470d0a1a0a0000000d49484452', 'ffd8ffe0', 'ffd8ffc0', '424d', '')
      .map((hex) => Buffer.from(hex, 'hex'));
    await fc.assert(
      fc.asyncProperty(magic, fc.uint8Array({ maxLength: 200 }), async (head, rest) => {
        const file = Buffer.concat([head, rest]);
        const { status, text } = await upload({ file });
        const image = inspectImage(file);
        expect(status).toBe(typeof image === 'string' || file.length === 0 ? 400 : 200);
        if (typeof image === 'object') await expectHarmless(JSON.parse(text).image_url, file, image.kind);
      }),
      { numRuns: 150 },
    );
  });
});

async function expectHarmless(url: string, bytes: Buffer, kind: keyof typeof mediaTypes): Promise<void> {
  for (const [method, more] of [
    ['GET', {}],
    ['HEAD', {}],
    ['GET', { Accept: 'text/html' }],
    ['GET', { Range: 'bytes=40-' }],
  ] as const) {
    const { status, headers } = await fetch(url, { method, headers: more });
    expect([200, 206, 416]).toContain(status);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': mediaTypes[kind],
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    });
  }
  expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(bytes)).toBe(true);
}

function urlOf(bytes: Buffer, suffix = 'png'): string {
  return `${sandbox.credentials.baseUrl}/images/${createHash('sha256').update(bytes).digest('hex')}.${suffix}`;
}

async function upload(shape: UploadShape): Promise<Exchange> {
  return send(sandbox.credentials, await signedUpload(sandbox.credentials, shape));
}

function edited(text: string, { at, cut, more }: { at: number; cut: number; more: string }): string {
  const from = at % (text.length + 1);
  return text.slice(0, from) + more + text.slice(from + cut);
}

/** The order of the fields and the space after a comma do not matter (contract 2.5). */
function sameFields(one: string, other: string): boolean {
  const fieldsOf = (header: string) =>
    JSON.stringify([...header.matchAll(/\w+="[^"]*"/g)].map(String).sort());
  return fieldsOf(one) === fieldsOf(other);
}
