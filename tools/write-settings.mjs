/** `npm run settings`: writes the table of settings into docs/OPERATIONS.md, from the one in packages/server/src/settings. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { OPERATIONS, withTable } from './deploy/settings.mjs';
import { root } from './setup.mjs';

export function writeSettings() {
  const file = path.join(root, OPERATIONS);
  writeFileSync(file, withTable(readFileSync(file, 'utf8')));
}
