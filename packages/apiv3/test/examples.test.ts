import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import * as apiv3 from '@coupon-media/apiv3';
import ts from 'typescript';
import { expect, test } from 'vitest';

/** Every public function, with the example in its docstring; e2e/documents.test.ts type-checks all examples. */
const functions = Object.entries(apiv3)
  .filter(([name, value]) => typeof value === 'function' && /^[a-z]/.test(name))
  .map(([name]): [string, string | undefined] => [name, exampleOf(name)]);

const CALLS = /console\.log\((.*)\); \/\/ (.*)$/gm;

test('every public function has an example', () => {
  expect(functions.filter(([, example]) => example === undefined).map(([name]) => name)).toEqual([]);
});

test.each(functions.filter(([, example = '']) => example.match(CALLS)))(
  'the example of %s prints what it says',
  async (name, example = '') => {
    const { printed } = await import(moduleOf(example));
    expect(printed.length, name).toBe(example.match(CALLS)?.length);
    for (const { values, expected } of printed)
      expect(values.map((value: unknown) => inspect(value, { breakLength: Infinity })).join(' ')).toBe(
        expected,
      );
  },
);

/** The text between the fences of the first `@example` in a function's docstring, as it was built. */
function exampleOf(name: string): string | undefined {
  for (const source of declarations()) {
    const found = source.statements.find(
      (statement) => ts.isFunctionDeclaration(statement) && statement.name?.text === name,
    );
    const tag = found && ts.getJSDocTags(found).find(({ tagName }) => tagName.text === 'example');
    if (tag) return /```ts\n(.*?)\n```/s.exec(ts.getTextOfJSDocComment(tag.comment) ?? '')?.[1];
  }
  return undefined;
}

function declarations(): ts.SourceFile[] {
  const folder = fileURLToPath(new URL('../dist/', import.meta.url));
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.d.ts'))
    .map((file) =>
      ts.createSourceFile(file, readFileSync(path.join(folder, file), 'utf8'), ts.ScriptTarget.ES2022, true),
    );
}

/** The files that the examples name, among the keys for tests. */
const FILES: Readonly<Record<string, string>> = {
  'apiclient_key.pem': 'vectors/keys/merchant.key.pem',
  'apiclient_cert.pem': 'vectors/keys/merchant.cert.pem',
  'platform_key.pem': 'vectors/keys/platform.key.pem',
  'platform_cert.pem': 'vectors/keys/platform.cert.pem',
  'pub_key.pem': 'vectors/published-platform-test-key.pub.pem',
  'coupon.png': 'packages/sandbox/images/coupon.png',
};

/** An example as the URL of a module that exports what it would print. */
function moduleOf(example: string): string {
  const recording = example
    .replace(
      CALLS,
      (_, values, expected) => `printed.push({ values: [${values}], expected: ${quoted(expected)} });`,
    )
    .replace("'@coupon-media/apiv3'", () => quoted(new URL('../dist/index.js', import.meta.url).href))
    .replace(/(createReadStream|readFileSync)\('([^']+)'/g, (call, read, file) =>
      FILES[file]
        ? `${read}(${quoted(fileURLToPath(new URL(`../../../${FILES[file]}`, import.meta.url)))}`
        : call,
    );
  const { outputText } = ts.transpileModule(`export const printed: unknown[] = [];\n${recording}`, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  return `data:text/javascript,${encodeURIComponent(outputText)}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
