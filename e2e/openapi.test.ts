import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readMeta, refusals, uploadEndpoints } from '@coupon-media/apiv3';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PNG, send, signedUpload, type UploadShape } from './support/exchange.js';
import { type TestSandbox, testSandbox } from './support/sandbox.js';

interface Described {
  info: { version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}

interface Operation {
  operationId: string;
  responses: Record<
    string,
    {
      headers?: Record<string, unknown>;
      content: {
        'application/json': { schema: object; examples?: Record<string, { value: { message: string } }> };
      };
    }
  >;
}

let sandbox: TestSandbox;
let described: Described;
let ajv: Ajv2020;
beforeAll(async () => {
  sandbox = await testSandbox();
  described = (await (await get('/openapi.json')).json()) as Described;
  ajv = new Ajv2020({ strict: false, formats: { uri: true } });
  ajv.addSchema({ $id: 'api', ...described });
});
afterAll(() => sandbox.end());

test('it is valid OpenAPI 3.1', async () => {
  const validator = new Validator();
  expect(await validator.validate({ ...described })).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
});

test("its version is the package's", () => {
  expect(described.info.version).toBe(
    JSON.parse(readFileSync('packages/server/package.json', 'utf8')).version,
  );
});

test('it contains every endpoint and every refusal', () => {
  expect(Object.keys(described.paths)).toEqual(
    expect.arrayContaining(uploadEndpoints.map(({ path }) => path)),
  );
  const messages = Object.values(described.paths)
    .flatMap((methods) => Object.values(methods))
    .flatMap(({ responses }) => Object.values(responses))
    .flatMap(({ content }) => Object.values(content?.['application/json']?.examples ?? {}))
    .map(({ value }) => value.message);
  expect(new Set(messages)).toEqual(new Set(Object.values(refusals).map(({ message }) => message['zh-CN'])));
});

test.each([150, 128])(
  'its schema of meta accepts what the service accepts, and nothing else (%d characters)',
  (limit) => {
    const takes = validatorOf(`#/components/schemas/Meta${limit}`);
    const filename = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc
        .tuple(
          fc.string({ unit: 'grapheme', maxLength: 160 }),
          fc.constantFrom('.png', '.JPEG', '.Bmp', '.gif', '.png\n', 'png'),
        )
        .map(([name, suffix]) => name + suffix),
      fc.constantFrom('', 1, null),
    );
    const sha256 = fc.oneof(
      fc.stringMatching(/^[0-9a-fA-F]{64}$/),
      fc.string(),
      fc.stringMatching(/^[0-9a-f]{63,65}$/),
    );
    const meta = fc.record({ filename, sha256, more: fc.anything() }, { requiredKeys: [] });
    fc.assert(
      fc.property(meta, (value) => {
        // The document as it would be sent, without undefined values.
        const text = JSON.stringify(value);
        expect(takes(JSON.parse(text))).toBe(isRead(text, limit));
      }),
      { numRuns: 2000 },
    );
  },
);

const ANSWERED: [what: string, shape: UploadShape][] = [
  ['an upload', {}],
  ['no Accept', { headers: { Accept: undefined } }],
  ['a wrong signature', { signed: '{}' }],
  ['a wrong name', { filename: 'a.gif' }],
  ['no picture', { file: Buffer.from('no picture') }],
  ['a body of 9 MiB', { file: Buffer.concat([PNG, Buffer.alloc(9 * 1024 * 1024)]) }],
];

test.each(
  uploadEndpoints
    .filter(({ scheme }) => scheme === 'merchant')
    .flatMap(({ path }) => ANSWERED.map(([what, shape]) => ({ path, what, shape }))),
)('what is answered is as it says: $what to $path', async ({ path, shape }) => {
  const answer = await send(sandbox.credentials, await signedUpload(sandbox.credentials, { ...shape, path }));
  const { [answer.status]: response } = described.paths[path]?.post?.responses ?? {};
  const pointer = `#/paths/${path.replaceAll('/', '~1')}/post/responses/${answer.status}/content/application~1json/schema`;
  expect(validatorOf(pointer)(JSON.parse(answer.text))).toBe(true);
  const names = Object.keys(response?.headers ?? {}).map((name) => name.toLowerCase());
  const signature = names.filter((name) => name.startsWith('wechatpay-'));
  const own = names.filter((name) => !signature.includes(name));
  expect(Object.keys(answer.headers)).toEqual(expect.arrayContaining(own));
  if (!answer.fault) expect(Object.keys(answer.headers)).toEqual(expect.arrayContaining(signature));
});

test('its page is in the language that the browser asks for, and of that language alone', async () => {
  const han = /\p{Script=Han}/u;
  for (const [asked, language] of [
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh-CN'],
    ['en-GB,en;q=0.9', 'en'],
  ] as const) {
    const page = await get('/docs', { 'accept-language': asked });
    expect(page.headers.get('content-language')).toBe(language);
    expect(page.headers.get('vary')).toBe('accept-language');
    const html = await page.text();
    expect(html).toContain(`<html lang="${language}">`);
    const prose = proseOf(html);
    expect(prose.length).toBeGreaterThan(100);
    const wrong = prose.filter((words) => (language === 'en' ? han.test(words) : !han.test(words)));
    expect(wrong).toEqual([]);
  }
});

/** What a page says in sentences: of what stands in tags, that has two words, and is no code, name or message of the wire. */
function proseOf(html: string): string[] {
  const bare = html.replace(/<(style|code|title|span)\b[^>]*>.*?<\/\1>/gs, '');
  return Array.from(bare.matchAll(/>([^<>]+)</g), ([, words = '']) => words.trim()).filter((words) =>
    /[a-z]{2,} [a-z]{2,}|\p{Script=Han}{2}/iu.test(words),
  );
}

test('its page loads nothing, runs nothing, and shows every operation', async () => {
  const page = await get('/docs');
  const html = await page.text();
  const style = /<style>([\s\S]*?)<\/style>/u.exec(html)?.[1] ?? '';
  const digest = createHash('sha256').update(style).digest('base64');
  expect(page.headers.get('content-security-policy')).toBe(
    `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
  expect(style).not.toMatch(/url\(|@import/);
  expect(html).not.toMatch(/<script|<link|<img|<iframe|\ssrc=|\sstyle=|\son\w+=|https?:/);
  const operations = Object.values(described.paths).flatMap((methods) => Object.values(methods));
  for (const { operationId } of operations) expect(html).toContain(`<article id="${operationId}">`);
});

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(sandbox.credentials.baseUrl + path, { headers });
}

function validatorOf(pointer: string): (value: unknown) => boolean {
  const validate = ajv.compile({ $ref: `api${pointer}` });
  return (value) => validate(value) === true;
}

function isRead(meta: string, limit: number): boolean {
  try {
    readMeta(Buffer.from(meta), limit);
    return true;
  } catch {
    return false;
  }
}
