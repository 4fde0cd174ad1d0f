import { readFileSync } from 'node:fs';
import { cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { uploadEndpoint, writeMeta } from '@coupon-media/apiv3';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PNG, send, sha256, signedUpload } from './support/exchange.js';
import { makeImage } from './support/images.js';
import { CLI, run } from './support/run.js';
import { type TestSandbox, temporaryFolder, testSandbox } from './support/sandbox.js';

/** A folder as the guides' readers have it, and the sandbox that stands for the service. */
let folder: string;
let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await testSandbox();
  folder = await temporaryFolder();
  await symlink(path.resolve('node_modules'), path.join(folder, 'node_modules'));
  await fillFolder();
});
afterAll(async () => {
  await sandbox.end();
  await rm(folder, { recursive: true, force: true });
});

interface Block {
  name: string;
  language: string;
  text: string;
}

describe.each(['docs/guide-engineer.md', 'docs/guide-operator.md'])('%s', (file) => {
  test.each(blocksOf(file))('$name', { timeout: 60_000 }, async ({ language, text }) => {
    const ended = language === 'ts' ? await runTypeScript(withValues(text)) : await runShell(text);
    expect(ended).toMatchObject({ code: 0 });
  });
});

test('samples/typescript/create-coupon.ts creates a coupon with the URL of its upload', async () => {
  const source = compiled(readFileSync('samples/typescript/create-coupon.ts', 'utf8'));
  const args = [
    ...['--input-type=module', '-'],
    'packages/sandbox/images/coupon.png',
    sandbox.credentialsPath,
  ];
  expect(await run(process.execPath, args, source)).toEqual({
    ...{ code: 0, stdout: expect.stringMatching(/^10\d{8}\n$/), stderr: '' },
  });
});

test.each(['README', 'docs/guide-engineer', 'docs/guide-operator', 'docs/relay'])(
  '%s.zh-CN.md has the same code, commands and links as the English one',
  (name) => {
    const [english, chinese] = ['.md', '.zh-CN.md'].map((end) => readFileSync(`${name}${end}`, 'utf8'));
    expect(essence(chinese ?? '', name)).toEqual(essence(english ?? '', name));
    expect(chinese).toMatch(HAN);
    expect(english?.replaceAll('中文', '').replaceAll('商品券', '')).not.toMatch(HAN);
  },
);

test('the Chinese entry of OPERATIONS leads to chapters that exist, and repeats its commands', () => {
  const [english, chinese] = ['', '.zh-CN'].map((end) => readFileSync(`docs/OPERATIONS${end}.md`, 'utf8'));
  const chapters = Array.from(english?.matchAll(/^## (.+)$/gm) ?? [], ([, title = '']) =>
    title.toLowerCase().replaceAll(',', '').replaceAll(' ', '-'),
  );
  const links = Array.from(chinese?.matchAll(/\(OPERATIONS\.md#([^)]+)\)/g) ?? [], ([, chapter]) => chapter);
  expect(links.length).toBeGreaterThan(10);
  expect(chapters).toEqual(expect.arrayContaining(links));
  for (const [block] of chinese?.matchAll(/^```sh\n.*?^```$/gms) ?? []) expect(english).toContain(block);
});

const HAN = /\p{Script=Han}/u;

/**
 * What a translation leaves alone: code but for its comments, the commands of tables, links, and how many headings. Of what is
 * shown in both languages each shows its own.
 */
function essence(text: string, name: string): object {
  const code = (block: string) => block.replace(/ *(?<!:)(\/\/|# ).*/g, '').replaceAll("['zh-CN']", '.en');
  const fences = Array.from(text.matchAll(/^```.*?^```$/gms), ([block]) => code(block));
  const commands = Array.from(text.matchAll(/^\| (.*?) \|/gm), ([, cell = '']) =>
    cell.match(/`[^`]+`/g)?.join(),
  );
  const links = Array.from(text.matchAll(/\]\(([^)]+)\)/g), ([, link = '']) =>
    link.replace('.zh-CN.md', '.md'),
  );
  const others = links.filter((link) => link !== `${path.basename(name)}.md`);
  return { fences, commands, links: others.sort(), headings: text.match(/^#+ /gm)?.length };
}

/** Blocks that are run; others (`text`) are shown, and what installs packages is run from tarballs, in e2e/cli/packed.test.ts. */
function blocksOf(file: string): Block[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^```(ts|sh)\n(?!npm install)([\s\S]*?)^```$/gm)].map(
    ([, language = '', code = ''], at) => ({
      name: `${at + 1}: ${code.split('\n').find((line) => /\S/.test(line) && !line.startsWith('import'))}`,
      language,
      text: code,
    }),
  );
}

/** The values that stand in the guides, and those of the sandbox. */
function withValues(text: string): string {
  const { baseUrl, certificateSerialNo, wechatPayPublicKeyId, apiV3Key } = sandbox.credentials;
  const values: [string, string][] = [
    ['http://127.0.0.1:8787', baseUrl],
    ['1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C', certificateSerialNo],
    ['PUB_KEY_ID_0119000000012025', wechatPayPublicKeyId],
    ['b4f1c1a0d3e24f7f9a4c5e6d7f8091a2', apiV3Key],
  ];
  return values.reduce((result, [shown, real]) => result.replaceAll(`'${shown}'`, `'${real}'`), text);
}

function compiled(source: string): string {
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  return ts.transpileModule(source, { compilerOptions }).outputText;
}

/** Where the reader is: the keys lie beside the program. */
async function runTypeScript(source: string) {
  await writeFile(path.join(folder, 'program.mjs'), compiled(source));
  return run('sh', ['-c', `cd '${folder}' && exec '${process.execPath}' program.mjs`]);
}

async function runShell(script: string) {
  const npx = `npx() { shift 2; '${process.execPath}' '${path.resolve(CLI)}' "$@"; }`;
  const home = `unset XDG_CONFIG_HOME XDG_STATE_HOME; export HOME='${folder}'; cd '${folder}'`;
  return run('bash', ['-c', `set -eo pipefail; ${npx}; ${home}\n${script}`]);
}

async function fillFolder(): Promise<void> {
  const { credentials } = sandbox;
  const here = (...names: string[]) => path.join(folder, ...names);
  await mkdir(here('.coupon-media'));
  await writeFile(here('.coupon-media/credentials.json'), JSON.stringify(credentials));
  await cp(credentials.privateKeyPath, here('apiclient_key.pem'));
  await cp(credentials.certificatePath, here('apiclient_cert.pem'));
  await cp(credentials.wechatPayPublicKeyPath, here('pub_key.pem'));
  await cp('packages/sandbox/images/coupon.jpg', here('header.jpg'));
  const answers = [
    credentials.mchid,
    credentials.privateKeyPath,
    credentials.certificatePath,
    credentials.wechatPayPublicKeyId,
    credentials.wechatPayPublicKeyPath,
    credentials.baseUrl,
  ];
  await writeFile(here('answers.txt'), `${answers.join('\n')}\n`);
  await writeExchange(here);
  await mkdir(here('summer-sale/big'), { recursive: true });
  await mkdir(here('logos'));
  await writeFile(here('summer-sale/1.png'), await makeImage('png', 1));
  await writeFile(here('summer-sale/big/2.jpg'), await makeImage('jpg', 2));
  await writeFile(here('logos/a.webp'), await makeImage('webp', 3, 600));
  await writeFile(here('logo.png'), await makeImage('png', 4));
}

/** A request with a mistake in it, and an answer that is genuine. */
async function writeExchange(here: (...names: string[]) => string): Promise<void> {
  const { headers, body } = await signedUpload(sandbox.credentials, { signed: '' });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const head = `POST ${uploadEndpoint('product-coupon').path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
  await writeFile(here('request.txt'), Buffer.concat([Buffer.from(head), body]));
  await writeFile(here('meta.json'), writeMeta({ filename: 'picture.png', sha256: sha256(PNG) }));
  const answer = await send(sandbox.credentials, await signedUpload(sandbox.credentials));
  const answered = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`);
  await writeFile(here('answer.txt'), `HTTP/1.1 200 OK\r\n${answered.join('\r\n')}\r\n\r\n${answer.text}`);
}
