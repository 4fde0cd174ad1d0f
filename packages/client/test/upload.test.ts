import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { IMAGE_BYTES_LIMIT, type UploadEndpointName, uploadEndpoints } from '@coupon-media/apiv3';
import {
  checkImage,
  createClient,
  type ImageSource,
  type UploadOptions,
  type UploadProgress,
} from '@coupon-media/client';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import { bmp, jpg, png } from './images.js';
import { IMAGE_URL, optionsFor, PUBLIC_KEY_ID, SERIAL_NO, startService } from './service.js';

const image = png();
const digest = createHash('sha256').update(image).digest('hex');
let folder: string;
let path: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'client-'));
  path = join(folder, 'coupon.png');
  await writeFile(path, image);
});
afterAll(() => rm(folder, { recursive: true }));

/** Uploads to a service that accepts everything, and returns the result. */
async function uploaded(...[source, options]: Parameters<ReturnType<typeof createClient>['uploadImage']>) {
  const service = await startService();
  const result = await createClient(optionsFor(service)).uploadImage(source, options);
  const [received] = service.received;
  if (!received) throw new Error('nothing arrived');
  return { result, received, text: received.body.toString('latin1') };
}

/** The error of a call that was refused before anything was sent. */
async function unsent(...[source, options]: Parameters<ReturnType<typeof createClient>['uploadImage']>) {
  const service = await startService();
  const error: unknown = await createClient(optionsFor(service))
    .uploadImage(source, options)
    .catch((caught: unknown) => caught);
  expect(service.received).toHaveLength(0);
  return error;
}

test('the form is that of contract 4.8, byte by byte', async () => {
  const { received } = await uploaded(image, { filename: 'a.png' });
  const boundary = /^multipart\/form-data; boundary=([0-9A-Za-z]{32})$/.exec(
    received.headers['content-type'] ?? '',
  )?.[1];
  const expected = Buffer.concat([
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="meta"\r\nContent-Type: application/json\r\n\r\n` +
        `{"filename":"a.png","sha256":"${digest}"}\r\n` +
        `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n`,
    ),
    image,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  expect(received.body.equals(expected)).toBe(true);
});

describe('an image that was hashed and inspected before', () => {
  const inspected = {
    content: image,
    sha256: digest,
    kind: 'png',
    width: 1,
    height: 1,
    filename: 'b.png',
  } as const;

  test('goes out as it would otherwise, with the digest that was given', async () => {
    const { result, text } = await uploaded(inspected);
    expect(result.sha256).toBe(digest);
    expect(text).toContain(`{"filename":"b.png","sha256":"${digest}"}`);
    expect(text).toContain('Content-Type: image/png');
  });

  test('is not hashed again: the digest is signed, so that the service refuses another one', async () => {
    const other = 'a'.repeat(64);
    expect((await uploaded({ ...inspected, sha256: other })).text).toContain(`"sha256":"${other}"`);
  });

  test('must have a digest and bytes, and a filename that the endpoint takes', async () => {
    expect(await unsent({ ...inspected, sha256: digest.toUpperCase() })).toMatchObject({
      option: 'source.sha256',
    });
    expect(await unsent({ ...inspected, content: Buffer.alloc(0) })).toMatchObject({
      option: 'source.content',
    });
    expect(await unsent({ ...inspected, filename: 'b.gif' })).toMatchObject({ refusal: 'filenameWrong' });
  });
});

test('the headers are those of contract 4.8, and the signature covers meta', async () => {
  const { received, result } = await uploaded(image);
  expect(received).toMatchObject({
    method: 'POST',
    url: '/v3/marketing/partner/product-coupon/media/upload-image',
    signed: true,
    authorization: { scheme: 'merchant', id: '1900000001', serialNo: SERIAL_NO },
    headers: {
      accept: 'application/json',
      'accept-language': 'zh-CN',
      'wechatpay-serial': PUBLIC_KEY_ID,
      'content-length': String(received.body.length),
    },
  });
  expect(received.headers['user-agent']).toMatch(/^coupon-media-client\/\d+\.\d+\.\d+ /);
  expect(received.headers['transfer-encoding']).toBeUndefined();
  expect(received.authorization?.nonce).toMatch(/^[0-9A-Za-z]{32}$/);
  expect(result).toEqual({
    ...{ imageUrl: IMAGE_URL, sha256: digest, requestId: expect.stringMatching(/-0$/) },
    ...{ host: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/), attempts: 1 },
  });
});

test('a filename is sent as UTF-8, its quotes escaped', async () => {
  const { received, text } = await uploaded(image, { filename: '优惠券 "8折".png' });
  expect(text).not.toContain('filename*');
  expect(received.body.toString()).toContain('filename="优惠券 %228折%22.png"');
  expect(received.body.toString()).toContain(
    JSON.stringify({ filename: '优惠券 "8折".png', sha256: digest }),
  );
});

async function* pieces(bytes: Buffer, size = 7): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const sources: Record<string, () => ImageSource> = {
  'a path': () => path,
  'a file: URL': () => pathToFileURL(path),
  'a Buffer': () => image,
  'a view into a larger buffer': () => Buffer.concat([jpg, image, jpg]).subarray(jpg.length, -jpg.length),
  'a Blob': () => new Blob([image]),
  'a Node stream': () => Readable.from(pieces(image)),
  'a web stream': () => new Blob([image]).stream(),
  'an async generator': () => pieces(image),
};
test.each(Object.keys(sources))('takes %s', async (name) => {
  const source = sources[name]?.() ?? '';
  const { result, text } = await uploaded(source);
  expect(result.sha256).toBe(digest);
  expect(text).toContain(image.toString('latin1'));
});

test.each([
  ['the path', () => path, 'coupon.png'],
  ['a File', () => new File([image], '图.png'), '图.png'],
  ['PNG bytes', () => image, 'image.png'],
  ['JPG bytes', () => jpg, 'image.jpg'],
  ['BMP bytes', () => bmp, 'image.bmp'],
] satisfies [string, () => ImageSource, string][])(
  'without a filename, %s names it',
  async (_, source, filename) => {
    const { received } = await uploaded(source());
    expect(received.body.toString()).toContain(`{"filename":"${filename}"`);
  },
);

test.each([
  [png(2_000_000), 'image/png'],
  [jpg, 'image/jpeg'],
  [bmp, 'image/bmp'],
])('the file carries its true type, whatever its name and size', async (bytes, type) => {
  const { received, text } = await uploaded(bytes, { filename: 'x.BMP' });
  expect(text).toContain(`filename="x.BMP"\r\nContent-Type: ${type}\r\n\r\n`);
  expect(received.signed).toBe(true);
  expect(received.body.includes(bytes)).toBe(true);
});

test('the largest image passes, and progress is reported to its end', async () => {
  const steps: UploadProgress[] = [];
  const { received } = await uploaded(png(IMAGE_BYTES_LIMIT), { onProgress: (step) => steps.push(step) });
  const total = received.body.length;
  expect(steps.length).toBeGreaterThan(8);
  expect(steps.at(-1)).toEqual({ sent: total, total, attempt: 1 });
  expect(steps.map(({ sent }) => sent)).toEqual(steps.map(({ sent }) => sent).toSorted((a, b) => a - b));
});

describe('every endpoint of the table', () => {
  test.each(uploadEndpoints.map(({ name }) => name))('%s', async (endpoint: UploadEndpointName) => {
    const row = uploadEndpoints.find(({ name }) => name === endpoint);
    const service = await startService({
      body: JSON.stringify({ [row?.responseField ?? '']: 'the response' }),
    });
    const owner = row?.scheme === 'brand' ? { mchid: undefined, brandId: '52000' } : {};
    const result = await createClient(optionsFor(service, owner)).uploadImage(image, { endpoint });
    expect(result).toMatchObject({
      [row?.responseField === 'media_id' ? 'mediaId' : 'imageUrl']: 'the response',
    });
    expect(service.received[0]).toMatchObject({
      url: row?.path,
      signed: true,
      authorization: { scheme: row?.scheme },
    });
  });

  test('its response has its own type', () => {
    const client = createClient(optionsFor({ baseUrl: 'http://127.0.0.1:9' }));
    type Of<Endpoint extends UploadEndpointName> = Awaited<ReturnType<typeof client.uploadImage<Endpoint>>>;
    expectTypeOf<Of<'product-coupon'>>().toHaveProperty('imageUrl').toBeString();
    expectTypeOf<Of<'favor'>>().toHaveProperty('imageUrl').toBeString();
    expectTypeOf<Of<'merchant-media'>>().toHaveProperty('mediaId').toBeString();
    expectTypeOf<Of<'merchant-service'>>().not.toHaveProperty('imageUrl');
    const plain = () => client.uploadImage('coupon.png', { filename: 'a.png' });
    expectTypeOf<Awaited<ReturnType<typeof plain>>>().toHaveProperty('imageUrl').toBeString();
  });

  test('a brand uploads to its own by default', async () => {
    const service = await startService();
    await createClient(optionsFor(service, { mchid: undefined, brandId: '52000' })).uploadImage(image);
    expect(service.received[0]).toMatchObject({
      url: '/brand/marketing/product-coupon/media/upload-image',
      authorization: { scheme: 'brand', id: '52000' },
      signed: true,
    });
  });

  test('the two schemes are not mixed', async () => {
    expect(await unsent(image, { endpoint: 'brand-product-coupon' })).toMatchObject({
      code: 'OPTION_INVALID',
      option: 'endpoint',
    });
    expect(await unsent(image, { endpoint: 'nowhere' as UploadEndpointName })).toMatchObject({
      code: 'OPTION_INVALID',
      option: 'endpoint',
    });
  });
});

describe('refused here, with nothing sent', () => {
  const endless = async function* () {
    for (;;) yield Buffer.alloc(65_536, 0x42);
  };

  test.each([
    ['empty', () => Buffer.alloc(0), {}, 'fileEmpty'],
    ['an empty stream', () => Readable.from([]), {}, 'fileEmpty'],
    ['too large', () => png(IMAGE_BYTES_LIMIT + 1), {}, 'fileTooLarge'],
    ['a Blob too large', () => new Blob([png(IMAGE_BYTES_LIMIT + 1)]), {}, 'fileTooLarge'],
    ['a stream without end', endless, {}, 'fileTooLarge'],
    ['no image', () => Buffer.from('<html>'), {}, 'imageKindUnknown'],
    ['an image cut short', () => image.subarray(0, 20), {}, 'imageHeaderBroken'],
    ['a suffix of something else', () => image, { filename: 'a.gif' }, 'filenameWrong'],
    ['a line feed in the name', () => image, { filename: 'a\n.png' }, 'filenameWrong'],
    ['an emoji in the name', () => image, { filename: '🎉.png' }, 'filenameWrong'],
    ['151 characters', () => image, { filename: `${'图'.repeat(147)}.png` }, 'filenameTooLong'],
    [
      '129 for a sibling',
      () => image,
      { filename: `${'a'.repeat(125)}.png`, endpoint: 'favor' },
      'filenameTooLong',
    ],
  ] as [string, () => ImageSource, UploadOptions<'product-coupon'>, string][])(
    '%s',
    async (_, source, options, refusal) => {
      expect(await unsent(source(), options)).toMatchObject({
        code: 'IMAGE_INVALID',
        name: 'ImageError',
        refusal,
      });
    },
  );

  test('a file too large is not read', async () => {
    const large = join(folder, 'large.png');
    await writeFile(large, png(IMAGE_BYTES_LIMIT + 1));
    expect(await unsent(large)).toMatchObject({ code: 'IMAGE_INVALID', refusal: 'fileTooLarge' });
  });

  test.each([
    [
      'no such file',
      () => join(folder, 'absent\n.png'),
      /^cannot open ".*absent\\n\.png": ENOENT: no such file or directory$/,
    ],
    ['a folder', () => folder, /is a folder/],
    ['a stream that fails', () => failing(), /the stream failed: lost/],
    ['a stream of text', () => Readable.from(['text']), /yields string/],
  ] satisfies [string, () => ImageSource, RegExp][])('%s', async (_, source, message) => {
    const error = await unsent(source());
    expect(error).toMatchObject({ code: 'SOURCE_UNREADABLE', name: 'SourceError' });
    expect((error as Error).message).toMatch(message);
  });

  test.each([
    ['a number', 7 as unknown as ImageSource],
    ['nothing', undefined as unknown as ImageSource],
    ['a web address', new URL('https://qpic.example/a.png')],
  ])('%s', async (_, source) => {
    expect(await unsent(source)).toMatchObject({ code: 'OPTION_INVALID', option: 'source' });
  });

  test('a file that is longer than its size said', async ({ skip }) => {
    skip(process.platform !== 'linux', 'only /proc has such files');
    expect(await unsent('/proc/self/status')).toMatchObject({
      code: 'SOURCE_UNREADABLE',
      message: expect.stringContaining('changed while it was read'),
    });
  });

  test('a file that is written while it is read', async () => {
    const busy = join(folder, 'busy.png');
    await writeFile(busy, png(2_000_000));
    let writing = true;
    const writer = (async () => {
      while (writing) await utimes(busy, new Date(), new Date(Date.now() + Math.random() * 1e6));
    })();
    const results = await Promise.all(
      Array.from({ length: 10 }, () => checkImage(busy).catch((error: unknown) => error)),
    );
    writing = false;
    await writer;
    expect(results).toContainEqual(expect.objectContaining({ code: 'SOURCE_UNREADABLE' }));
  });

  async function* failing(): AsyncGenerator<Uint8Array> {
    yield image;
    throw new Error('lost');
  }
});

test('takes a named pipe', async ({ skip }) => {
  skip(process.platform === 'win32', 'Windows has no mkfifo');
  const pipe = join(folder, 'pipe.png');
  execFileSync('mkfifo', [pipe]);
  const [{ result }] = await Promise.all([uploaded(pipe), writeFile(pipe, image)]);
  expect(result.sha256).toBe(digest);
});

test('checkImage tells what would be sent', async () => {
  const checked = await checkImage(path);
  expect(checked).toMatchObject({ filename: 'coupon.png', sha256: digest, kind: 'png', width: 2, height: 2 });
  expect(checked.bytes.equals(image)).toBe(true);
  await expect(checkImage(Buffer.from('no'))).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
});
