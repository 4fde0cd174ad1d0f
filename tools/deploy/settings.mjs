/** The service's settings, as server/src/config.ts has them, and where deploy/ and docs/ speak of them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

const CONFIG = 'packages/server/src/config.ts';
const OPERATIONS = 'docs/OPERATIONS.md';

/**
 * @param {string} root
 * @returns {Map<string, string>} variables, and what each is without: '' for nothing, and for what the machine says
 */
export function readSettings(root) {
  const source = readFileSync(path.join(root, CONFIG), 'utf8');
  const rows = source.matchAll(/variable: '(COUPON_MEDIA_\w+)'(?:,\s*fallback: ('[^']*'|[\w.()]+))?/g);
  return new Map(
    [...rows].map(([, name = '', fallback = '']) => [name, fallback.replace(/^'|'$|(?<=\d)_|.*\(\)$/g, '')]),
  );
}

/**
 * Whoever names a variable that is not there sets nothing; who reads the table must find every one.
 * @param {string} root
 * @param {readonly string[]} files that may name variables, by paths from the root
 * @returns {string[]} one line for each finding
 */
export function checkSettings(root, files) {
  const settings = readSettings(root);
  if (settings.size === 0) return [`${CONFIG}: no settings were found in it; has the table another form?`];
  const unknown = files.flatMap((file) => {
    const named = new Set(readFileSync(path.join(root, file), 'utf8').match(/\bCOUPON_MEDIA_[A-Z0-9]\w*/g));
    return [...named]
      .filter((name) => !settings.has(name))
      .map((name) => `${file}: the service knows no ${name}`);
  });
  return [...unknown, ...checkTable(settings, readFileSync(path.join(root, OPERATIONS), 'utf8'))];
}

/**
 * @param {Map<string, string>} settings
 * @param {string} document
 */
function checkTable(settings, document) {
  const rows = new Map(
    [...document.matchAll(/^\| `(COUPON_MEDIA_\w+)` \| ([^|]*) \|/gm)].map(([, name = '', shown = '']) => [
      name,
      shown.trim(),
    ]),
  );
  return [...settings].flatMap(([name, fallback]) => {
    const shown = rows.get(name);
    if (shown === undefined) return [`${OPERATIONS}: its table of settings lacks ${name}`];
    const told = shown.match(/^`(.*)`$/)?.[1]?.replaceAll(',', '') ?? '';
    return told === fallback
      ? []
      : [`${OPERATIONS}: ${name} is ${fallback || 'nothing'} by default, not ${shown}`];
  });
}
