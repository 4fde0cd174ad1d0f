import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import { ClientError, checkImage } from '@coupon-media/client';
import { afterAll, expect, test } from 'vitest';
import { png } from './images.js';

const image = png();
const folder = mkdtempSync(join(tmpdir(), 'client-sources-'));
const file = join(folder, '图.png');
writeFileSync(file, image);
afterAll(() => rmSync(folder, { recursive: true }));

const inBuffer = <Kind extends ArrayBuffer | SharedArrayBuffer>(buffer: Kind): Kind => {
  new Uint8Array(buffer).set(image);
  return buffer;
};
/** Bytes of another realm, as Jest has them. */
const foreign = (code: string): Uint8Array => runInNewContext(code, { image: [...image] });

test.each<[string, () => Parameters<typeof checkImage>[0]]>([
  ['a Buffer', () => image],
  ['a Uint8Array of another realm', () => foreign('Uint8Array.from(image)')],
  ['an ArrayBuffer', () => inBuffer(new ArrayBuffer(image.length))],
  ['an ArrayBuffer of another realm', () => foreign('Uint8Array.from(image).buffer')],
  ['a SharedArrayBuffer', () => inBuffer(new SharedArrayBuffer(image.length))],
  ['a DataView', () => new DataView(inBuffer(new ArrayBuffer(image.length)))],
  ['a view of shared memory', () => new Uint8Array(inBuffer(new SharedArrayBuffer(image.length)))],
  ['a Blob', () => new Blob([image])],
  ['a Response', () => new Response(image)],
  ['a web stream', () => new Blob([image]).stream()],
  [
    'an iterable of foreign bytes',
    async function* () {
      yield foreign('Uint8Array.from(image)');
    },
  ],
  ['a path', () => file],
  ['a file: URL', () => pathToFileURL(file)],
  ['the text of a file: URL', () => pathToFileURL(file).href],
])('%s is taken', async (_, source) => {
  const { bytes } = await checkImage(source(), { filename: 'a.png' });
  expect(bytes.equals(image)).toBe(true);
});

test.each<[string, unknown, string, RegExp]>([
  ['an upload of multer', { originalname: 'a.png', buffer: image }, 'OPTION_INVALID', /pass file\.buffer/],
  ['a promise', Promise.resolve(image), 'OPTION_INVALID', /await it/],
  [
    'a Buffer that went through JSON',
    JSON.parse(JSON.stringify(image)),
    'OPTION_INVALID',
    /Buffer\.from\(source\.data\)/,
  ],
  ['an array', [...image], 'OPTION_INVALID', /Uint8Array\.from/],
  ['FormData', new FormData(), 'OPTION_INVALID', /form\.get\('file'\)/],
  ['nothing', null, 'OPTION_INVALID', /must be a path/],
  ['an https: text', 'https://a.example/a.png', 'OPTION_INVALID', /fetch it first/],
  ['an https: URL', new URL('https://a.example/a.png'), 'OPTION_INVALID', /fetch it first/],
  [
    'a file: URL of another host',
    'file://other/a.png',
    'OPTION_INVALID',
    /not the path of a file of this machine/,
  ],
  ['a Response that failed', new Response('no', { status: 404 }), 'SOURCE_UNREADABLE', /status 404/],
  ['an empty Response', new Response(null), 'SOURCE_UNREADABLE', /is empty/],
])('%s gets a hint', async (_, source, code, says) => {
  const error = await checkImage(source as never).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ClientError);
  expect(error).toMatchObject({ code, message: expect.stringMatching(says) });
  expect((error as ClientError).message.length).toBeLessThan(400);
});

test('a name that multer read as Latin-1 is recognised, with the line that mends it', async () => {
  const filename = Buffer.from('新品优惠券.png').toString('latin1');
  const error = await checkImage(image, { filename }).catch((caught: unknown) => caught);
  expect(error).toMatchObject({
    code: 'IMAGE_INVALID',
    refusal: 'filenameWrong',
    message: expect.stringMatching(/means "新品优惠券\.png": multer\(\{ defParamCharset: 'utf8' \}\)/),
    texts: {
      'zh-CN': expect.stringMatching(/应为 "新品优惠券\.png"：multer\(\{ defParamCharset: 'utf8' \}\)/),
      en: expect.any(String),
    },
  });
});
