import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, test } from 'vitest';
import tooOld from '../bin/node-version.cjs';

test.each(['20.19.0', '20.20.1', '22.0.0', '26.1.0'])('Node %s runs it', (version) => {
  expect(tooOld(version, {})).toBeUndefined();
});

test.each(['20.18.3', '18.20.4', '16.0.0', '6.17.1'])(
  'Node %s is reported as too old, in one line',
  (version) => {
    expect(tooOld(version, {}, 'en-US')).toBe(
      `coupon-media needs Node.js 20.19 or newer, and this is ${version}.`,
    );
    const chinese = `coupon-media 需要 Node.js 20.19 或更高版本，当前是 ${version}。`;
    expect(tooOld(version, { LANG: 'zh_CN.UTF-8' }, 'en-US')).toBe(chinese);
    expect(tooOld(version, {}, 'zh-CN')).toBe(chinese);
  },
);

test('package.json asks for the same', () => {
  const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(engines.node).toBe(`>=${/[\d.]+(?= or newer)/.exec(tooOld('18.0.0', {}, 'en-US') ?? '')}`);
});

test.each(['coupon-media.cjs', 'node-version.cjs', 'language.cjs'])('%s is read by Nodes of 2015', (file) => {
  const source = readFileSync(new URL(`../bin/${file}`, import.meta.url), 'utf8');
  expect(written(source, ts.ScriptTarget.ES2015)).toBe(written(source, ts.ScriptTarget.ESNext));
  expect(source).not.toMatch(/\bimport\b\s*[('"{*]/);
});

/** Compiles a file for a language level; newer syntax is rewritten. */
function written(source: string, target: ts.ScriptTarget): string {
  const compilerOptions = { target, module: ts.ModuleKind.CommonJS, allowJs: true };
  return ts.transpileModule(source, { compilerOptions, fileName: 'file.cjs' }).outputText;
}
