/** The service's settings, as its table has them, and where deploy/ and docs/ speak of them. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { settingRows, settingsTable } from '@coupon-media/server/settings';
import { root as repository } from '../setup.mjs';

/** The document that shows the whole table, between two lines of its own. */
const OPERATIONS = 'docs/OPERATIONS.md';

const TABLE =
  /(<!-- settings: npm run settings writes these lines -->\n\n)[\s\S]*?(\n\n<!-- settings end -->)/;

/** @type {ReadonlyMap<string, string | undefined>} variables, and what each is without */
export const settings = new Map(settingRows.map(([, row]) => [row.variable, row.default]));

/** `npm run settings`: writes the table into the document. */
export function writeSettings() {
  const file = path.join(repository, OPERATIONS);
  writeFileSync(file, withTable(readFileSync(file, 'utf8')));
}

/**
 * @param {string} document
 * @returns {string} the same with the table as it is in the code
 */
function withTable(document) {
  return document.replace(TABLE, (_, begin, end) => `${begin}${settingsTable()}${end}`);
}

/**
 * A variable that is not there sets nothing, or stops the service; and the document's table must be the code's.
 * @param {string} root
 * @param {readonly string[]} files that may name variables, by paths from the root
 * @returns {string[]} one line for each finding
 */
export function checkSettings(root, files) {
  const unknown = files.flatMap((file) => {
    const named = new Set(readFileSync(path.join(root, file), 'utf8').match(/\bCOUPON_MEDIA_[A-Z0-9]\w*/g));
    return [...named]
      .filter((name) => !settings.has(name))
      .map((name) => `${file}: the service knows no ${name}`);
  });
  const document = readFileSync(path.join(root, OPERATIONS), 'utf8');
  const isCurrent = TABLE.test(document) && withTable(document) === document;
  return isCurrent
    ? unknown
    : [...unknown, `${OPERATIONS}: its table of settings is not the code's; npm run settings writes it`];
}
