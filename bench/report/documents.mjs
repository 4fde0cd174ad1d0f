/** Writes into documents what is measured or reckoned, between markers; all else in them is written by people. */
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Writes what was measured into a document, between its markers.
 * @param {string | URL} file
 * @param {ReadonlyMap<string, string>} sections by the name of their marker
 * @throws if the document lacks a marker
 */
export function writeSections(file, sections) {
  let text = readFileSync(file, 'utf8');
  for (const [name, content] of sections) {
    const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`the document has no ${begin} … ${end}`);
    const before = text.slice(from + begin.length, to).trim();
    const written = name === 'targets' ? withOtherRows(content, before) : content;
    text = `${text.slice(0, from + begin.length)}\n${written}\n${text.slice(to)}`;
  }
  writeFileSync(file, text);
}

/**
 * Puts the new rows of a table in the place of those that say the same, so that a run of one chapter leaves the targets of the others.
 * @param {string} table
 * @param {string} before the table of earlier runs
 */
function withOtherRows(table, before) {
  const label = (/** @type {string} */ row) => row.split('|', 2)[1];
  const [head = '', rule = '', ...rows] = table.split('\n');
  const earlier = before.split('\n').slice(2);
  const replaced = earlier.map((row) => rows.find((each) => label(each) === label(row)) ?? row);
  const added = rows.filter((row) => !earlier.some((each) => label(each) === label(row)));
  return [head, rule, ...replaced, ...added].join('\n');
}
