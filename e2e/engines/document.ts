import { readFileSync, writeFileSync } from 'node:fs';
import { ENGINES, readResults } from './rows.js';
import { TRIED } from './trial.js';

/** The document whose tables a run writes. The text around them is written by hand. */
const DOCUMENT = 'docs/ENGINES.md';

/** Writes the tables of the document from all results. */
export function writeDocument(): void {
  const text = readFileSync(DOCUMENT, 'utf8');
  writeFileSync(DOCUMENT, withTables(text));
}

function withTables(text: string): string {
  const tables = { 'set-ups': setUps(), mistakes: mistakes(), tried: TRIED.join('; ') };
  return Object.entries(tables).reduce((document, [name, table]) => between(document, name, table), text);
}

function setUps(): string {
  return table(
    ['engine', 'set-up', 'version', 'steps', 'result', 'what to set', 'tried'],
    ENGINES.flatMap((engine) =>
      readResults(engine).setUps.map((row) => [
        engine,
        row.name,
        row.version,
        row.passed,
        row.result,
        row.set || 'nothing',
        row.date,
      ]),
    ),
  );
}

function mistakes(): string {
  return table(
    ['engine', 'what is wrong', 'the node does not start, and says', 'tried'],
    ENGINES.flatMap((engine) =>
      readResults(engine).mistakes.map(({ name, words, date }) => [engine, name, `\`${words}\``, date]),
    ),
  );
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(heads), `|${heads.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** Replaces what stands between two comments. */
function between(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name}: npm run engines:wide writes these lines -->`, `<!-- ${name} end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${DOCUMENT} has no place for "${name}"`);
  return `${text.slice(0, from)}${begin}\n\n${content}\n\n${text.slice(to)}`;
}
