/** Writes what was measured into a document, between its markers; everything else in it is people's. */
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * @param {string | URL} file
 * @param {ReadonlyMap<string, string>} sections by the name of their marker
 * @throws where the document lacks a marker
 */
export function writeSections(file, sections) {
  let text = readFileSync(file, 'utf8');
  for (const [name, content] of sections) {
    const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`the document has no ${begin} … ${end}`);
    text = `${text.slice(0, from + begin.length)}\n${content}\n${text.slice(to)}`;
  }
  writeFileSync(file, text);
}
