/**
 * Reads a table in CSV (RFC 4180), as spreadsheets write it: UTF-8, UTF-16 with its mark, or GB18030, as a Chinese Excel saves it;
 * separated by commas, semicolons or tabs. The apostrophe that the command line and this page put before a formula is taken off.
 *
 * @returns rows of cells, without rows that are empty
 */
export function readCsv(bytes: Uint8Array): readonly (readonly string[])[] {
  const text = decode(bytes);
  const [head = ''] = text.split(/\r?\n/, 1);
  const separator = SEPARATORS.find((one) => head.includes(one)) ?? ',';
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (isQuoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') cell += text.charAt(++at);
      else isQuoted = false;
    } else if (character === '"' && cell === '') {
      isQuoted = true;
    } else if (character === separator) {
      row.push(cell);
      cell = '';
    } else if (character === '\n') {
      rows.push([...row, cell]);
      row = [];
      cell = '';
    } else if (character !== '\r') {
      cell += character;
    }
  }
  rows.push([...row, cell]);
  return rows
    .map((cells) => cells.map((one) => one.trim().replace(/^'+(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/, '')))
    .filter((cells) => cells.some((one) => one !== ''));
}

const SEPARATORS = ['\t', ';', ','];

function decode(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}
