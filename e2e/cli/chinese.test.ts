// Takes 40 s: runs every command of the help, and the main ones, on a Chinese terminal.
import { readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeImage } from '../support/images.js';
import { couponMedia, startCouponMedia } from '../support/run.js';
import { temporaryFolder } from '../support/sandbox.js';
import { createWorld, type World } from './world.js';

const HAN = /\p{Script=Han}/u;

/** What is called the same in Chinese. */
const NAMES: ReadonlySet<string> = new Set([
  'data URL',
  'PostgreSQL（）',

  'TIFF（）',
  'ICC Lab',
  'ITU Lab',
]);

interface SourceText {
  where: string;
  zh: string;
  en: string;
}

/** Every text that stands in the packages' sources in both languages. */
const texts = readdirSync('packages').flatMap((name) => filesBelow(`packages/${name}/src`).flatMap(textsOf));

describe('texts in the sources', () => {
  test('are many', () => {
    expect(texts.length).toBeGreaterThan(300);
  });

  test('have Chinese that is Chinese, and English that is not', () => {
    // Forms, names of units and of software are the same in both.
    const isNeutral = ({ zh, en }: SourceText) =>
      NAMES.has(bare(zh)) || (!/[a-z]{2,} [a-z]{2,}/i.test(en) && !HAN.test(zh));
    const wrong = texts.filter((text) => !isNeutral(text) && (!HAN.test(text.zh) || HAN.test(bare(text.en))));
    expect(wrong).toEqual([]);
  });

  test('have the same values in both', () => {
    expect(texts.filter(({ zh, en }) => places(zh).join() !== places(en).join())).toEqual([]);
  });

  test('are all that errors with texts are made of: none is made of a bare sentence', () => {
    const files = readdirSync('packages').flatMap((name) => filesBelow(`packages/${name}/src`));
    const bareSentence =
      /new (?:Option|Image|Source|Network|Signing|Field|KeyFormat|Cipher|Store|Engine|Limits|Migration|Start|Config|Folder)Error\(\s*(?:'[^']*',\s*)?['"`][a-zA-Z][^'"`]* [^'"`]*['"`]/g;
    const found = files.flatMap((file) => readFileSync(file, 'utf8').match(bareSentence) ?? []);
    expect(found).toEqual([]);
  });
});

describe('what is looked for', () => {
  test('is found in what the same commands say in English', async () => {
    const { stdout } = await couponMedia('upload', '--help', '--lang', 'en');
    expect(englishIn(stdout).length).toBeGreaterThan(10);
  });

  test.each([
    ['  there is no such file', true],
    ['  没有这个文件', false],
    ['/srv/coupon media/a b.png', false],
    ['npm install coupon-media @coupon-media/service-cli', false],
    ['  --data <dir>', false],
    ["    import { createClient } from '@coupon-media/client';", false],
  ])('%s: %s', (line, isFound) => {
    expect(englishIn(line)).toEqual(isFound ? [line] : []);
  });
});

describe('on a Chinese terminal', { timeout: 120_000 }, () => {
  let world: World;
  let folder: string;
  let certificate: string;
  beforeAll(async () => {
    world = await createWorld();
    folder = await temporaryFolder();
    certificate = world.sandbox.credentials.certificatePath;
    await writeFile(world.at('good.png'), await makeImage('png', 1));
    await writeFile(world.at('bad.png'), 'GIF89a');
    await writeFile(world.at('notes.txt'), 'x');
    await writeFile(world.at('ledger.jsonl'), 'no ledger');
    await writeFile(world.at('broken.json'), '{');
    await writeFile(world.at('request.txt'), 'POST /v3/x HTTP/1.1\r\nAuthorization: WECHATPAY2 x\r\n\r\n{}');
  });
  afterAll(async () => {
    await world.end();
    await rm(folder, { recursive: true, force: true });
  });

  test('no help has a line of English alone', async () => {
    const commands = [[], ...(await namesIn([]))];
    expect(commands.length).toBeGreaterThan(25);
    const found: string[] = [];
    for (const command of commands) {
      const { stdout } = await couponMedia(...command, '--help', '--lang', 'zh-CN');
      found.push(...englishIn(stdout).map((line) => `${command.join(' ')}: ${line}`));
    }
    expect(found).toEqual([]);
  });

  const profile = () => ['--profile', world.profile];
  const keys = () => world.sandbox.credentials;
  const inFolder = () => ['--data', folder];
  const commands: [what: string, code: number, args: () => string[], input?: () => string][] = [
    ['merchant add', 0, () => ['merchant', 'add', '1900000009', '--certificate', certificate, ...inFolder()]],
    [
      'merchant add, again',
      3,
      () => ['merchant', 'add', '1900000009', '--certificate', certificate, ...inFolder()],
    ],
    [
      'merchant add, no certificate',
      3,
      () => ['merchant', 'add', '1', '--certificate', keys().privateKeyPath, ...inFolder()],
    ],
    ['merchant list', 0, () => ['merchant', 'list', ...inFolder()]],
    ['merchant list, expiring', 0, () => ['merchant', 'list', '--expiring', '14d', ...inFolder()]],
    ['merchant list, no folder', 3, () => ['merchant', 'list', '--data', world.at('nothing')]],
    ['merchant handout', 3, () => ['merchant', 'handout', '1900000009', ...inFolder()]],
    [
      'merchant handout, with a URL',
      0,
      () => ['merchant', 'handout', '1900000009', '--base-url', 'https://img.example.com', ...inFolder()],
    ],
    ['merchant show, unknown', 3, () => ['merchant', 'show', '1900000199', ...inFolder()]],
    ['merchant show', 0, () => ['merchant', 'show', '1900000009', '--api-v3-key', ...inFolder()]],
    ['merchant set', 0, () => ['merchant', 'set', '1900000009', '--quota', '5', ...inFolder()]],
    ['merchant disable', 0, () => ['merchant', 'disable', '1900000009', ...inFolder()]],
    [
      'merchant revoke-certificate',
      3,
      () => ['merchant', 'revoke-certificate', '1900000009', 'ABCDEF12', ...inFolder()],
    ],
    ['platform-key show, none yet', 3, () => ['platform-key', 'show', ...inFolder()]],
    ['platform-key list', 0, () => ['platform-key', 'list', ...inFolder()]],
    ['platform-key retire', 3, () => ['platform-key', 'retire', 'PUB_KEY_ID_0', ...inFolder()]],
    [
      'platform-key add, a wrong file',
      3,
      () => ['platform-key', 'add', '--private-key', certificate, ...inFolder()],
    ],
    ['store list', 0, () => ['store', 'list', ...inFolder()]],
    ['store check', 0, () => ['store', 'check', ...inFolder()]],
    ['store check, no folder', 3, () => ['store', 'check', '--data', world.at('nothing')]],
    ['store backup', 0, () => ['store', 'backup', world.at('copy'), ...inFolder()]],
    ['store backup, again', 3, () => ['store', 'backup', world.at('copy'), ...inFolder()]],
    ['store migrate, no cluster', 3, () => ['store', 'migrate', '--to', 'cluster', ...inFolder()]],
    ['serve, a setting that is wrong', 3, () => ['serve', '--quota', 'much', ...inFolder()]],
    ['upload, a dry run', 1, () => ['upload', '--dry-run', ...profile(), '.']],
    [
      'upload',
      1,
      () => ['upload', ...profile(), 'good.png', 'bad.png', 'missing.png', '--manifest', 'urls.csv'],
    ],
    ['upload, again', 0, () => ['upload', ...profile(), 'good.png']],
    ['upload, no ledger', 3, () => ['upload', ...profile(), '--ledger', 'ledger.jsonl', 'good.png']],
    ['upload, nothing named', 2, () => ['upload', ...profile()]],
    [
      'upload, a slot that it does not fit',
      1,
      () => ['upload', ...profile(), '--slot', 'icon', '--no-ledger', 'good.png'],
    ],
    [
      'upload, prepared',
      0,
      () => [
        'upload',
        ...profile(),
        '--slot',
        'icon',
        '--prepare',
        '--enlarge',
        '--dry-run',
        '--no-ledger',
        'good.png',
      ],
    ],
    [
      'upload, a profile that is no JSON',
      3,
      () => ['upload', '--profile', world.at('broken.json'), 'good.png'],
    ],
    [
      'upload, a certificate as key',
      3,
      () => ['upload', ...profile(), '--private-key', certificate, 'good.png'],
    ],
    [
      'upload, no such host',
      1,
      () => [
        'upload',
        ...profile(),
        '--base-url',
        'http://127.0.0.1:9',
        '--retries',
        '0',
        '--no-ledger',
        'good.png',
      ],
    ],
    ['doctor', 0, () => ['doctor', ...profile()]],
    ['doctor, no such host', 1, () => ['doctor', ...profile(), '--base-url', 'http://127.0.0.1:9']],
    ['doctor, a certificate as key', 3, () => ['doctor', ...profile(), '--private-key', certificate]],
    ['explain', 0, () => ['explain', ...profile(), 'request.txt']],
    ['explain, too little', 1, () => ['explain', ...profile(), '--url', '/v3/x']],
    ['explain, no capture', 2, () => ['explain', ...profile(), 'notes.txt']],
    ['verify, no key', 1, () => ['verify', ...profile(), 'request.txt']],
    ['sign, a folder', 3, () => ['sign', 'POST', '/v3/x', ...profile(), '--body', '.']],
    ['config show', 0, () => ['config', 'show', ...profile()]],
    [
      'config init, wrong answers',
      3,
      () => ['config', 'init', '--profile', world.at('new.json')],
      () => 'x y\n1900000001\nnothing.pem\n',
    ],
    ['no such command', 2, () => ['uplod']],
  ];

  test.each(commands)('%s', async (_, code, args, input) => {
    const ended = await world.cli([...args(), '--lang', 'zh-CN'], { input: input?.() ?? '' });
    expect({ ...ended, english: englishIn(ended.stdout + ended.stderr) }).toMatchObject({
      code,
      english: [],
    });
  });

  test('sandbox, and serve', async () => {
    const sandbox = await couponMedia('sandbox', '--demo', '--lang', 'zh-CN');
    expect(sandbox).toMatchObject({ code: 0, stdout: expect.stringMatching(HAN) });
    expect(englishIn(sandbox.stdout + sandbox.stderr)).toEqual([]);
    for (const args of [
      ['sandbox', '--data', world.at('sandbox'), '--port', '0'],
      ['serve', ...inFolder(), '--port', '0'],
    ]) {
      const running = startCouponMedia(...args, '--lang', 'zh-CN');
      await running.prints(args[0] === 'serve' ? '已启动' : 'Ctrl-C');
      const { stdout, stderr } = await running.stop();
      // The service's log is JSON, for programs.
      const screen = `${stdout}\n${stderr}`.split('\n').filter((line) => !line.startsWith('{"'));
      expect(englishIn(screen.join('\n'))).toEqual([]);
    }
  });

  /** The commands that a help names, those of their groups too. */
  async function namesIn(group: string[]): Promise<string[][]> {
    const { stdout } = await couponMedia(...group, '--help', '--lang', 'zh-CN');
    const list = /命令：\n([\s\S]*)/.exec(stdout)?.[1] ?? '';
    const names = Array.from(list.matchAll(/^ {2}([a-z-]+)/gm), ([, name = '']) => name);
    const own = names.filter((name) => name !== 'help').map((name) => [...group, name]);
    const below = group.length > 0 ? [] : await Promise.all(own.map(namesIn));
    return [...own, ...below.flat()];
  }
});

/** Lines that say something in English alone: three words in a row that are no path, URL, option, command or code. */
function englishIn(screen: string): string[] {
  return screen.split('\n').filter((line) => {
    const words = line
      .replace(/(?:npm|npx|openssl|chmod|systemctl|coupon-media) .*/g, '')
      .replace(/(?:[a-z]+:\/)?\/\S*(?: \S*\.(?:png|jpg|json|pem))?/gi, '')
      .replace(/import .*|"[^"]*"|'[^']*'/g, '');
    return !HAN.test(line) && /\b[a-z][a-z']+(?: [a-z']{2,}){2,}/i.test(words);
  });
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(file);
    return file.endsWith('.ts') ? [file] : [];
  });
}

/** Object literals with a text for each language, whatever is put into them. */
function textsOf(file: string): SourceText[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ESNext);
  const found: SourceText[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isObjectLiteralExpression(node)) {
      const [zh, en] = [written(node, 'zh-CN', source), written(node, 'en', source)];
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
      if (zh !== undefined && en !== undefined) found.push({ where: `${file}:${line}`, zh, en });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** A text as it is written, with `${…}` for what is computed. */
function written(
  object: ts.ObjectLiteralExpression,
  name: string,
  source: ts.SourceFile,
): string | undefined {
  for (const property of object.properties) {
    if (!ts.isPropertyAssignment(property)) continue;
    const key = property.name;
    if ((ts.isStringLiteral(key) || ts.isIdentifier(key)) && key.text === name) {
      const { initializer } = property;
      if (ts.isStringLiteralLike(initializer)) return initializer.text;
      if (ts.isTemplateExpression(initializer)) return initializer.getText(source).slice(1, -1);
    }
  }
  return undefined;
}

/** The names in a text that are filled, once each; a plural is the number itself. Only the live service's Chinese has labels. */
function places(text: string): string[] {
  const names = Array.from(text.matchAll(/(?<!\$)\{(\w+)(?::[^}]*)?\}/g), ([, name = '']) => name);
  return [...new Set(names)].filter((name) => name !== 'label').sort();
}

function bare(text: string): string {
  return text.replace(/\$\{[^}]*\}/g, '');
}
