import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

/** Finds examples: TypeScript in the fences of documents, and in those of docstrings, without their margin. */
const FENCES: readonly { in: RegExp; fence: RegExp; margin: RegExp }[] = [
  { in: /\.md$/, fence: /^```ts\n(.*?)^```$/gms, margin: /^(?!)/ },
  { in: /\/src\/.*\.ts$/, fence: /^ *\* ```ts\n(.*?)^ *\* ```$/gms, margin: /^ *\* ?/gm },
];

/** Each example becomes a file at the root, so that packages resolve as they do for users. */
const examples = new Map(
  ['README.md', ...below('packages'), ...below('docs')].flatMap((file) =>
    FENCES.filter((place) => place.in.test(file)).flatMap(({ fence, margin }) =>
      Array.from(readFileSync(file, 'utf8').matchAll(fence), ([, text = ''], at): [string, string] => [
        path.resolve(`${file.replaceAll('/', '-')}-${at}.ts`),
        text.replace(margin, ''),
      ]),
    ),
  ),
);

test('documents and docstrings contain examples', () => {
  const names = [...examples.keys()].map((file) => path.basename(file));
  expect(names).toEqual(expect.arrayContaining(['README.md-0.ts', 'packages-client-src-client.ts-0.ts']));
});

test('every example compiles', () => {
  const { options } = ts.convertCompilerOptionsFromJson(
    ts.readConfigFile('tsconfig.base.json', ts.sys.readFile).config.compilerOptions,
    '.',
  );
  const settings = { ...options, noEmit: true, composite: false, incremental: false };
  const host = ts.createCompilerHost(settings);
  const { readFile, fileExists } = host;
  host.readFile = (file) => examples.get(file) ?? readFile(file);
  host.fileExists = (file) => examples.has(file) || fileExists(file);
  const program = ts.createProgram([...examples.keys()], settings, host);
  const problems = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const where = path.basename(file?.fileName ?? 'options');
    return `${where}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
  expect(problems).toEqual([]);
});

/** The files below a folder, except those that were built or installed, and the reports of public surfaces, which are no examples. */
function below(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return ['cjs', 'dist', 'node_modules'].includes(entry.name) ? [] : below(file);
    return /^api(-\w+)?\.md$/.test(entry.name) ? [] : [file];
  });
}
