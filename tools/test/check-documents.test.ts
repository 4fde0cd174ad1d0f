import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkDocuments } from '../check-documents.mjs';

const shell = (line: string) => `\`\`\`sh\n${line}\n\`\`\`\n`;

/** A document, and a part of what is said of it; nothing where each command can be run. */
test.each<[name: string, document: string, said?: string]>([
  ['npx without a net', shell('npx coupon-media doctor'), 'write `npx --no-install coupon-media`'],
  ['npx after a pipe', shell('cat a | npx coupon-media upload -'), 'npx --no-install'],
  ['npx that installs nothing', shell('npx --no-install coupon-media doctor')],
  ['a package that is not on npm', shell('npm install @coupon-media/client'), 'README.md:2: npm install'],
  ['the same in a sentence', 'Install it: `npm install coupon-media`.', 'nothing of this is on npm yet'],
  ['the same once it is there', `### Once published\n\n${shell('npm install @coupon-media/client')}`],
  ['the same, in one line', '**Once published:** `npm install --global coupon-media`'],
  ['tarballs', shell('npm install ../coupon-media/packed/coupon-media-{apiv3,client}-0.1.0.tgz')],
  ['libraries of others', 'Spans need `npm install @opentelemetry/api`.'],
  ['what is no command', '```ts\nnpx coupon-media\n```\nnpm run nothing'],
])('%s', (_name, document, said) => {
  const root = mkdtempSync(path.join(tmpdir(), 'check-documents-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(path.join(root, 'packages/client'), { recursive: true });
  writeFileSync(path.join(root, 'packages/client/README.md'), shell('npm install @coupon-media/client'));
  writeFileSync(path.join(root, 'README.md'), document);
  expect(checkDocuments(root)).toEqual(said ? [expect.stringContaining(said)] : []);
});
