// Takes 60 s: compilers are started for each program, and Rust's builds it first.
import { readFileSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { type Sandbox, startSandbox } from '@coupon-media/sandbox';
import { generatePublicKeyPair } from '@coupon-media/server';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FaultyFront, faultyFront } from '../support/faulty.js';
import { type Ended, run } from '../support/run.js';
import { changeMerchant, temporaryFolder } from '../support/sandbox.js';
import { CACHE, LANGUAGES, type Language, VENV } from './languages.js';

/** `npm run samples:wide` installs what it may, and prints each command with its output. */
const WIDE = process.env.TEST_SAMPLES === 'wide';
const SLOW = 180_000;
const IMAGE = '门店 "头图", 1;2.png';

/** The environment of a run, by the names that the samples read. */
type Environment = Record<string, string | undefined>;

let sandbox: Sandbox;
let folder: string;
let front: FaultyFront;
let environment: Environment;
beforeAll(async () => {
  sandbox = await startSandbox();
  // The second merchant has no permission for coupons.
  await changeMerchant(
    { folder: sandbox.folder, credentials: { ...sandbox.credentials, ...sandbox.certificateMode } },
    { productCoupon: false },
  );
  folder = await temporaryFolder();
  front = await faultyFront(sandbox.credentials.baseUrl, () => 'pass');
  await copyFile('packages/sandbox/images/coupon.png', path.join(folder, IMAGE));
  const { publicPem } = await generatePublicKeyPair(1);
  await writeFile(path.join(folder, 'another.pem'), publicPem);
  environment = parseEnv(await readFile(path.join(sandbox.folder, 'credentials.env'), 'utf8'));
});
afterAll(async () => {
  await front?.close();
  await sandbox?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What goes wrong, and what a sample has to say of it. */
interface Mistake {
  readonly title: string;
  readonly change: () => Environment;
  readonly says: RegExp;
  /** What the SDK says in the sample in TypeScript, where it is not the same. */
  readonly sdkSays?: RegExp;
}

const another = () => ({ COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY: path.join(folder, 'another.pem') });

const MISTAKES: readonly Mistake[] = [
  {
    title: 'a missing setting',
    change: () => ({ COUPON_MEDIA_MCHID: undefined }),
    says: /^COUPON_MEDIA_MCHID is not set$/,
  },
  {
    title: 'a file that is no private key',
    change: () => ({ COUPON_MEDIA_PRIVATE_KEY: sandbox.credentials.wechatPayPublicKeyPath }),
    says: /^COUPON_MEDIA_PRIVATE_KEY: \S+pub_key\.pem has no RSA key between the lines BEGIN PRIVATE KEY and END PRIVATE KEY$/,
    sdkSays: /^privateKeyPath\b.*public key/,
  },
  {
    title: 'the private key of another certificate',
    change: () => ({ COUPON_MEDIA_PRIVATE_KEY: sandbox.certificateMode.privateKeyPath }),
    says: /^SIGN_ERROR: .*签名.* \(HTTP 401, Request-ID [0-9A-F]+-\d+\)$/s,
  },
  {
    title: 'a merchant without permission',
    change: () => ({
      COUPON_MEDIA_MCHID: sandbox.certificateMode.mchid,
      COUPON_MEDIA_CERTIFICATE_SERIAL_NO: sandbox.certificateMode.certificateSerialNo,
      COUPON_MEDIA_PRIVATE_KEY: sandbox.certificateMode.privateKeyPath,
    }),
    says: /^NO_AUTH: .*权限.* \(HTTP 403, Request-ID [0-9A-F]+-268579803\)$/s,
  },
  {
    title: 'the public key of somebody else',
    change: another,
    says: /^untrusted response: its signature is wrong \(HTTP 200, Request-ID [0-9A-F]+-0\)$/,
    sdkSays: /signature/,
  },
  {
    title: 'a response that is signed with another key',
    change: () => ({ COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY_ID: 'PUB_KEY_ID_0119000000012025' }),
    says: /^untrusted response: it is signed with the key "PUB_KEY_ID_\d+" \(HTTP 200, Request-ID [0-9A-F]+-0\)$/,
    sdkSays: /Wechatpay-Serial names a key/,
  },
  {
    title: 'a response of ten minutes ago',
    change: () => through({ 'wechatpay-timestamp': String(Math.floor(Date.now() / 1000) - 600) }),
    says: /^untrusted response: its time is "\d{10}" \(HTTP 200, Request-ID [0-9A-F]+-0\)$/,
    sdkSays: /timestamp|time/,
  },
];

describe.each(LANGUAGES)('samples/$folder: $language', (sample: Language) => {
  let missing: string | undefined;
  beforeAll(async () => {
    missing = await whatIsMissing(sample);
    if (missing === undefined && sample.build) await build(sample, sample.build);
  }, SLOW);

  test(
    'uploads an image with a Chinese name, and verifies the response',
    async ({ skip }) => {
      skip(missing !== undefined, missing);
      expect(await upload(sample)).toEqual({
        code: 0,
        stdout: expect.stringMatching(urlOf(sandbox)),
        stderr: '',
      });
      expect(sandbox.requests.at(-1)).toMatchObject({ outcome: 'SUCCESS', upload: { filename: IMAGE } });
    },
    SLOW,
  );

  test(
    'says what is wrong',
    async ({ skip }) => {
      skip(missing !== undefined, missing);
      const said: Record<string, Ended> = {};
      const command = sample.built ?? sample.command;
      for (const { title, change } of MISTAKES)
        said[title] = last(await upload({ ...sample, command }, change()));
      expect(said).toEqual(
        Object.fromEntries(
          MISTAKES.map(({ title, says }) => [
            title,
            { code: 1, stdout: '', stderr: expect.stringMatching(says) },
          ]),
        ),
      );
    },
    SLOW,
  );
});

describe('samples/typescript', () => {
  // Node 20 does not run TypeScript, so the types are removed and the sample is passed on standard input.
  const { outputText } = ts.transpileModule(readFileSync('samples/typescript/upload.ts', 'utf8'), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  const sdk = (change: Environment = {}) =>
    run(process.execPath, ['--input-type=module', '-', path.join(folder, IMAGE)], outputText, {
      env: { ...process.env, ...environment, ...change },
    });

  test('uploads an image with a Chinese name, and verifies the response', async () => {
    expect(await sdk()).toEqual({ code: 0, stdout: expect.stringMatching(urlOf(sandbox)), stderr: '' });
    expect(sandbox.requests.at(-1)).toMatchObject({ outcome: 'SUCCESS', upload: { filename: IMAGE } });
  });

  test.each(MISTAKES)('says what is wrong: $title', async ({ change, says, sdkSays = says }: Mistake) => {
    expect(last(await sdk(change()))).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(sdkSays),
    });
  });
});

function urlOf({ credentials }: Sandbox): RegExp {
  return new RegExp(`^${credentials.baseUrl}/images/[0-9a-f]{64}\\.png\\n$`);
}

/** What a program said, without the end of the line, and without the line that `go run` adds. */
function last({ stderr, ...ended }: Ended): Ended {
  return { ...ended, stderr: stderr.replace(/\nexit status 1\n$/, '').trimEnd() };
}

async function build(sample: Language, command: NonNullable<Language['build']>): Promise<void> {
  const started = Date.now();
  await mkdir(CACHE, { recursive: true });
  expect(await start(sample, command)).toMatchObject({ code: 0 });
  const took = ((Date.now() - started) / 1000).toFixed(1);
  process.stderr.write(`coupon-media: built samples/${sample.folder} in ${took} s\n`);
}

/** Leads to the front, which changes headers of the response. */
function through(headers: Record<string, string>): Environment {
  front.decide = () => ({
    change: (response) => ({ ...response, headers: { ...response.headers, ...headers } }),
  });
  return { COUPON_MEDIA_BASE_URL: front.url };
}

function upload(sample: Language, change: Environment = {}): Promise<Ended> {
  const [program, ...args] = sample.command;
  return start(sample, [program, ...args, path.join(folder, IMAGE)], change);
}

async function start(
  { folder: name }: Language,
  [program, ...args]: readonly [string, ...string[]],
  change: Environment = {},
): Promise<Ended> {
  const env = {
    ...process.env,
    // Java reads names of files by the locale.
    LC_ALL: 'C.UTF-8',
    PATH: `${path.join(VENV, 'bin')}${path.delimiter}${process.env.PATH}`,
    ...environment,
    ...change,
  };
  const ended = await run(program, args, '', { cwd: path.join('samples', name), env });
  if (WIDE) console.info(`samples/${name}$ ${[program, ...args].join(' ')}\n${ended.stdout}${ended.stderr}`);
  return ended;
}

async function whatIsMissing(sample: Language): Promise<string | undefined> {
  if (await succeeds(sample)) return undefined;
  if (WIDE) await install(sample);
  return (await succeeds(sample)) ? undefined : `it needs ${sample.needs}`;
}

async function succeeds(sample: Language): Promise<boolean> {
  try {
    return (await start(sample, sample.check)).code === 0;
  } catch {
    return false;
  }
}

async function install(sample: Language): Promise<void> {
  if (sample.debian.length > 0) await run(process.execPath, ['tools/engines/packages.mjs', ...sample.debian]);
  if (sample.language !== 'Python') return;
  await mkdir(CACHE, { recursive: true });
  await run('python3', ['-m', 'venv', VENV]);
  await run(path.join(VENV, 'bin/python3'), [
    '-m',
    'pip',
    'install',
    '--quiet',
    '-r',
    'samples/python/requirements.txt',
  ]);
}
