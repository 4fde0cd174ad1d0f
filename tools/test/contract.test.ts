import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { checkContract, citedInCode, readContract } from '../check-contract.mjs';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** What the checker finds in a tree of this document and these files. */
function findings(document: string, files: Record<string, string> = {}): string[] {
  const root = mkdtempSync(path.join(tmpdir(), 'check-contract-'));
  folders.push(root);
  for (const [file, text] of Object.entries({ 'docs/CONTRACT.md': document, ...files })) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  return checkContract(root);
}

/** Not written out, since the checker reads this file as well. */
const cite = (numbers: string) => `contract ${numbers}`;
const OBEYED = { 'packages/apiv3/src/a.ts': `// The response is signed (${cite('1.1')}).` };
const clause = (heading: string, ...rest: string[]) => `## 1 One\n\n### ${heading}\n\n${rest.join('\n\n')}\n`;

describe('the contract of this repository', () => {
  test('has no fault', () => {
    expect(checkContract('.')).toEqual([]);
  });

  test('is cited, and held by tests where it is ours', () => {
    const { clauses, citations } = readContract('.');
    const background = clauses.filter((one) => one.background !== undefined);
    const ours = clauses.filter(({ marks }) => marks.includes('ours'));
    const tests = new Set(ours.flatMap(({ heldBy }) => heldBy));
    const cited = clauses.flatMap((one) => citedInCode(citations, one));
    console.info(
      `contract: ${clauses.length} clauses, ${ours.length} of them ours and held by ${tests.size} test files; ` +
        `${citations.length} citations, ${cited.length} of clauses by code; ${background.length} clauses are background`,
    );
    expect(clauses.length).toBeGreaterThanOrEqual(52);
    expect(background.length).toBeLessThanOrEqual(12);
  });
});

describe('nothing is found in', () => {
  test.each<[string, string, Record<string, string>]>([
    ['a clause that code cites', clause('1.1 A · page', 'Text.'), OBEYED],
    [
      'a clause of ours with its test',
      clause('1.1 A · seen, ours', 'Text.', 'Held by: [a](../e2e/a.test.ts)'),
      { ...OBEYED, 'e2e/a.test.ts': '' },
    ],
    [
      'a clause that is background, with a reason',
      clause('1.1 A · page', 'Text.', 'Background: nothing reads it.'),
      {},
    ],
    [
      'a citation of a whole section',
      clause('1.1 A · page', 'Text.'),
      { ...OBEYED, 'packages/a.ts': `// ${cite('1')}` },
    ],
    [
      'a citation that begins on the line before',
      clause('1.1 A · page', 'Text.'),
      { 'packages/a.ts': '/**\n * as of contract\n * 1.1.\n */' },
    ],
  ])('%s', (_what, document, files) => {
    expect(findings(document, files)).toEqual([]);
  });
});

describe('found is', () => {
  test.each<[string, string, Record<string, string>, string]>([
    [
      'a citation of a clause that is not there',
      clause('1.1 A · page', 'Text.'),
      { ...OBEYED, 'docs/a.md': `a\nof ${cite('1.1, 1.2')}` },
      `docs/a.md:2: cites ${cite('1.2')}, which does not exist: cite a clause of docs/CONTRACT.md, or add it there`,
    ],
    [
      'a citation of a section that is not there',
      clause('1.1 A · page', 'Text.'),
      { ...OBEYED, 'e2e/a.ts': `// ${cite('2')}` },
      `e2e/a.ts:1: cites ${cite('2')}, which`,
    ],
    [
      'a clause that only documents cite',
      clause('1.1 A · page', 'Text.'),
      { 'docs/a.md': cite('1.1') },
      '1.1 is cited by no code',
    ],
    [
      'background without a reason',
      clause('1.1 A · page', 'Text.', 'Background:'),
      {},
      '1.1 is background without a reason',
    ],
    [
      'background that code cites',
      clause('1.1 A · page', 'Text.', 'Background: why.'),
      OBEYED,
      '1.1 is cited by packages/apiv3/src/a.ts:1: take its line "Background" out',
    ],
    [
      'a clause of ours without a test',
      clause('1.1 A · ours', 'Text.'),
      OBEYED,
      '1.1 is ours and names no test',
    ],
    [
      'a test that is not there',
      clause('1.1 A · ours', 'Text.', 'Held by: [a](../e2e/a.test.ts)'),
      OBEYED,
      '1.1 is held by e2e/a.test.ts, which is not there',
    ],
    [
      'what is no test',
      clause('1.1 A · ours', 'Text.', 'Held by: [a](../e2e/a.ts)'),
      OBEYED,
      '1.1 is held by e2e/a.ts, which is no test',
    ],
    ['a mark that is none', clause('1.1 A · page, told', 'Text.'), OBEYED, '1.1 is marked told'],
    ['a clause without a mark', clause('1.1 A', 'Text.'), {}, '"### 1.1 A" is no clause'],
    ['a clause without a word', clause('1.1 A · page'), OBEYED, '1.1 says nothing'],
    [
      'a number that is passed over',
      clause('1.2 A · page', 'Text.'),
      { 'packages/a.ts': `// ${cite('1.2')}` },
      '1.2 stands where 1.1 would',
    ],
  ])('%s', (_what, document, files, expected) => {
    expect(findings(document, files)).toContainEqual(expect.stringContaining(expected));
  });

  test('a thirteenth clause that is background', () => {
    const one = (at: number) => `### 1.${at + 1} A · page\n\nText.\n\nBackground: why.\n`;
    const document = `## 1 One\n\n${Array.from({ length: 13 }, (_, at) => one(at)).join('\n')}`;
    expect(findings(document)).toEqual([expect.stringContaining('13 clauses are background, at most 12')]);
  });
});
