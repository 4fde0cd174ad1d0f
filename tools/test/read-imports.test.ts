import { expect, test } from 'vitest';
import { readImports } from '../read-imports.mjs';

function specifiers(source: string): string[] {
  return readImports(source).imports.map(({ specifier, kind }) => `${kind} ${specifier}`);
}

test.each<[string, string[]]>([
  ["import 'a'", ['value a']],
  ["import a from 'a'", ['value a']],
  ["import a, { b as c, type D } from 'a'", ['value a']],
  ["import * as a from 'a'; import b from 'b' with { type: 'json' }", ['value a', 'value b']],
  ['import {\n  a,\n  b,\n} from "a"', ['value a']],
  ["import { 'quoted name' as a } from 'a'", ['value a']],
  ["import type { A } from 'a'", ['type a']],
  ["import type A from 'a'", ['type a']],
  ["import type from 'a'", ['value a']],
  ["import type, { B } from 'a'", ['value a']],
  ["import a = require('a')", ['value a']],
  ["export { a } from 'a'; export * from 'b'; export * as c from 'c'", ['value a', 'value b', 'value c']],
  ["export type { A } from 'a'; export type * from 'b'", ['type a', 'type b']],
  ["await import('a')", ['dynamic a']],
  ['[...(await import(`a`)), ...require("b")]', ['dynamic a', 'value b']],
  ["import('a').then(b)", ['dynamic a']],
  ["let a: import('a').B; type C = typeof import('c')", ['type a', 'type c']],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
  ["`text ${await import('a')} import 'b' ${`${import('c')}`}`", ['dynamic a', 'dynamic c']],
])('reads %s', (source, expected) => {
  expect(specifiers(source)).toEqual(expected);
});

test.each([
  "// import 'a'",
  "/* import 'a' */",
  '"import \'a\'"',
  "`import 'a'`",
  "/import 'a'/.test(b)",
  "if (a) /import 'b'/.test(c)",
  "export type A = 'a'; export const from = 'b'; export { from }; 'c'",
  'import.meta.url',
  "a.import('b'); a.require('c')",
  "class A { import(a) { return 'b'; } constructor(c) {} }",
  "const a = { import: 'b', export: 'c' }",
])('finds no import in %s', (source) => {
  expect(specifiers(source)).toEqual([]);
});

test('an import with a computed specifier has none', () => {
  expect(specifiers("import(a); import('b' + c)")).toEqual(['dynamic undefined', 'dynamic undefined']);
});

test('tells the line, whatever stands before', () => {
  const source =
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
    "/* one\ntwo */ const a = `three\nfour ${'\\''} \\` five`;\nconst b = /['\"`/]/.test(a) / 2;\nimport 'c';";
  expect(readImports(source).imports).toEqual([{ specifier: 'c', kind: 'value', line: 5 }]);
});

test('property reads are told by their names', () => {
  const uses = readImports('process.env.A + globalThis?.process; // process.exit').uses.map(
    (use) => use.name,
  );
  expect(uses).toEqual(['process.env', 'env.A', 'globalThis.process']);
});
