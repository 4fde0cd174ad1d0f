/**
 * Whether the clauses of docs/CONTRACT.md and the comments that cite them ("contract 2.9") fit each other. `npm run check` runs it.
 * Usage: node tools/check-contract.mjs [FOLDER]
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {{ number: string, marks: string[], text: string, heldBy: string[], background: string | undefined }} Clause */
/** @typedef {{ file: string, line: number, number: string }} Citation */

const DOCUMENT = 'docs/CONTRACT.md';
/** Where a clause is obeyed, or shown to be. */
const CODE = ['packages', 'e2e', 'examples', 'bench', 'tools', 'vectors', 'deploy'];
/** What cites clauses for its readers: a citation here must lead somewhere, and makes no clause obeyed. */
const DOCUMENTS = ['docs', 'README.md', 'README.zh-CN.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md'];
const READ = /\.([mc]?[jt]sx?|md|json|py|sh|ya?ml|cfg|conf)$/;
const MARKS = ['page', 'seen', 'ours'];
const MOST_BACKGROUND = 12;

/**
 * @param {string} root the repository's folder
 * @returns {string[]} one line for each finding
 */
export function checkContract(root) {
  const { clauses, sections, citations, findings } = readContract(root);
  const known = new Set([...sections, ...clauses.map(({ number }) => number)]);
  const background = clauses.filter((clause) => clause.background !== undefined);
  return [
    ...findings,
    ...citations
      .filter(({ number }) => !known.has(number))
      .map(
        ({ file, line, number }) =>
          `${file}:${line}: cites contract ${number}, which does not exist: cite a clause of ${DOCUMENT}, or add it there`,
      ),
    ...clauses.flatMap((clause) =>
      checkClause(root, clause, citedInCode(citations, clause)).map(
        (finding) => `${DOCUMENT}: ${clause.number} ${finding}`,
      ),
    ),
    ...(background.length > MOST_BACKGROUND
      ? [
          `${DOCUMENT}: ${background.length} clauses are background, at most ${MOST_BACKGROUND}: cite some where code obeys them`,
        ]
      : []),
  ];
}

/**
 * @param {string} root
 * @returns {{ clauses: Clause[], sections: string[], citations: Citation[], findings: string[] }} findings: what is no heading of a clause
 */
export function readContract(root) {
  const text = readFileSync(path.join(root, DOCUMENT), 'utf8');
  const sections = [...text.matchAll(/^## (\d+) /gm)].map(([, number = '']) => number);
  /** @type {Clause[]} */
  const clauses = [];
  /** @type {string[]} */
  const findings = [];
  for (const [, heading = '', body = ''] of text.matchAll(/^### (.*)\n([\s\S]*?)(?=^##|$(?![\s\S]))/gm)) {
    const [, number, marks] = /^(\d+\.\d+) \S.* · ([a-z, ]+)$/.exec(heading) ?? [];
    if (number === undefined || marks === undefined) {
      findings.push(`${DOCUMENT}: "### ${heading}" is no clause: write "### 2.9 Title · page, seen, ours"`);
      continue;
    }
    clauses.push({ number, marks: marks.split(', '), ...readBody(body) });
  }
  const citations = [...DOCUMENTS, ...CODE].flatMap((place) =>
    filesUnder(root, place).flatMap((file) => readCitations(root, file)),
  );
  return { clauses, sections, citations, findings: [...findings, ...checkOrder(clauses, sections)] };
}

/**
 * @param {Citation[]} citations
 * @param {Clause} clause
 */
export function citedInCode(citations, { number }) {
  return citations.filter((one) => one.number === number && CODE.includes(one.file.split('/')[0] ?? ''));
}

/**
 * @param {string} root
 * @param {Clause} clause
 * @param {Citation[]} cited
 */
function checkClause(root, { marks, text, heldBy, background }, cited) {
  const findings = [];
  if (text === '') findings.push('says nothing: write what it asks for');
  const unknown = marks.filter((mark, at) => !MARKS.includes(mark) || marks.indexOf(mark) !== at);
  if (unknown.length > 0) findings.push(`is marked ${unknown.join(', ')}: marks are ${MARKS.join(', ')}`);
  if (marks.includes('ours') && heldBy.length === 0)
    findings.push('is ours and names no test: add a line "Held by: [name.test.ts](path)"');
  for (const test of heldBy) {
    if (!/\.test\.ts$/.test(test)) findings.push(`is held by ${test}, which is no test`);
    else if (!existsSync(path.join(root, test)))
      findings.push(`is held by ${test}, which is not there: name the test that holds it now`);
  }
  if (cited.length === 0 && background === undefined)
    findings.push(
      'is cited by no code: cite it where code obeys it, or say why not in a line "Background: …"',
    );
  if (background === '') findings.push('is background without a reason: say why it stands here all the same');
  if (cited[0] && background !== undefined)
    findings.push(`is cited by ${cited[0].file}:${cited[0].line}: take its line "Background" out`);
  return findings;
}

/** @param {string} body */
function readBody(body) {
  /** @param {string} name */
  const lineOf = (name) => new RegExp(`^${name}:(.*(?:\n.+)*)`, 'm').exec(body)?.[1]?.trim();
  const links = (lineOf('Held by') ?? '').matchAll(/\]\(([^)#]+)/g);
  return {
    text: body.replace(/^(Held by|Background):.*(\n.+)*/gm, '').trim(),
    heldBy: Array.from(links, ([, link = '']) => path.posix.join('docs', link)),
    background: lineOf('Background'),
  };
}

/**
 * Numbers are as in a book, so that whoever looks for one finds it.
 * @param {Clause[]} clauses
 * @param {string[]} sections
 */
function checkOrder(clauses, sections) {
  const expected = sections.flatMap((section) =>
    clauses.filter(({ number }) => number.startsWith(`${section}.`)).map((_, at) => `${section}.${at + 1}`),
  );
  const at = clauses.findIndex(({ number }, index) => number !== expected[index]);
  if (at < 0) return [];
  return [
    `${DOCUMENT}: ${clauses[at]?.number} stands where ${expected[at] ?? 'no section has it'} would: count within each section, from 1`,
  ];
}

/**
 * Of "contract 5.2, 5.3" and "contract 1.3 and 5.6" each number is cited; a line may end after "contract".
 * @param {string} root
 * @param {string} file
 * @returns {Citation[]}
 */
function readCitations(root, file) {
  const text = readFileSync(path.join(root, file), 'utf8');
  const citation =
    /\bcontract(?: |[ \t]*\n[ \t]*(?:\*|\/\/|#)?[ \t]*)(\d+(?:\.\d+)?\b(?:(?:, and |, | and )\d+(?:\.\d+)?\b)*)/gi;
  return Array.from(text.matchAll(citation)).flatMap(({ 1: numbers = '', index }) => {
    const line = text.slice(0, index).split('\n').length;
    return (numbers.match(/\d+(\.\d+)?/g) ?? []).map((number) => ({ file, line, number }));
  });
}

/**
 * @param {string} root
 * @param {string} place a folder, or a file
 * @returns {string[]} paths from the root, with forward slashes
 */
function filesUnder(root, place) {
  if (!existsSync(path.join(root, place))) return [];
  if (READ.test(place)) return [place];
  return readdirSync(path.join(root, place), { withFileTypes: true }).flatMap((entry) => {
    const child = `${place}/${entry.name}`;
    if (entry.isDirectory())
      return ['node_modules', 'dist'].includes(entry.name) ? [] : filesUnder(root, child);
    return READ.test(entry.name) ? [child] : [];
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const findings = checkContract(path.resolve(process.argv[2] ?? path.dirname(import.meta.dirname)));
  for (const finding of findings) process.stdout.write(`${finding}\n`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}
