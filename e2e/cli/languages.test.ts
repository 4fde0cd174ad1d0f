import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { couponMedia } from '../support/run.js';
import { temporaryFolder } from '../support/sandbox.js';

/** All commands and options with their descriptions, from the completion, which knows each. */
async function described(language: string): Promise<Map<string, string>> {
  const { stdout } = await couponMedia('completion', 'zsh', '--lang', language);
  const commands = [...stdout.matchAll(/^ {4}"(.*)"\) candidates=\((.*)\)/gm)];
  return new Map(
    commands.flatMap(([, path = '', list = '']) =>
      [...list.matchAll(/'([^:']+)(?::([^']*))?'/g)].map(([, word, text = '']) => [
        `${path} ${word}`.trim(),
        text,
      ]),
    ),
  );
}

test('every command and every option has a description in Chinese and in English', async () => {
  const [chinese, english] = [await described('zh-CN'), await described('en')];
  expect([...chinese.keys()]).toEqual([...english.keys()]);
  expect(chinese.size).toBeGreaterThan(150);
  for (const name of ['serve --public-url', 'store migrate --to', 'merchant add --brand', 'upload --slot'])
    expect([...chinese.keys()]).toContain(name);
  const han = /\p{Script=Han}/u;
  const wrong = [...chinese].filter(([name, text]) => !name.endsWith('--help') && !han.test(text));
  expect(wrong).toEqual([]);
  expect([...english].filter(([, text]) => han.test(text))).toEqual([]);
});

describe.each([
  [['sandbox', '--port', 'eighty'], '用法错误：--port <n> 不接受 eighty。0 … 65535'],
  [['merchant', 'set', '1', '--product-coupon', 'maybe'], '不接受 maybe。on 或 off'],
  [['merchant', 'set', '1', '--quota', 'much'], '不接受 much。0 … 1000000'],
  [['merchant', 'set', '1'], '用法错误：没有要修改的设置'],
  [['store', 'migrate'], '用法错误：缺少必需的选项 --to <engines>'],
  [['store', 'migrate', '--to', 'disk'], '不接受 disk。可选值：cluster。'],
  [['platform-key', 'add', '--id', 'PUB_KEY_ID_1'], '须与 --private-key 一起使用'],
  [['serve', '--prot', '1'], '没有选项 --prot\n（是否想用 --port？）'],
  [['upload', '--slot', 'side'], '可选值：icon, background, detail。'],
])('wrong use: %j', (args, said) => {
  test('is reported in Chinese, and the exit code is 2', async () => {
    const { code, stdout, stderr } = await couponMedia(...args, '--lang', 'zh-CN');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(said);
    expect(stderr).toContain('（用 --help 查看选项）');
  });
});

test.each([
  [['merchant', 'show', '1900000199'], '不是数据目录：其中没有 store.db'],
  [['platform-key', 'retire', 'PUB_KEY_ID_0'], '请用 --data 或 COUPON_MEDIA_DATA 指定'],
  [['store', 'check'], '不是数据目录：其中没有 store.db'],
])('a mistake in a folder is reported in Chinese: %j', async (args, said) => {
  const folder = await temporaryFolder();
  const { code, stderr } = await couponMedia(...args, '--data', folder, '--lang', 'zh-CN');
  expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining(said) });
  await rm(folder, { recursive: true });
});

test('help has its headings, choices and defaults in Chinese', async () => {
  for (const args of [
    [],
    ['upload'],
    ['serve'],
    ['store', 'migrate'],
    ['store', 'list'],
    ['merchant', 'add'],
  ]) {
    const { code, stdout } = await couponMedia(...args, '--help', '--lang', 'zh-CN');
    expect(code).toBe(0);
    expect(stdout).toContain('用法：');
    expect(stdout).not.toMatch(/Usage:|Options:|Commands:|choices:|default:|display help/);
  }
});

test('--version prints the release of the workspace', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(await couponMedia('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});
