/** Every dependency has a row in docs/decisions/dependencies.md: why it is there, what was weighed, its licence and its size. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const DOCUMENT = 'docs/decisions/dependencies.md';
const KINDS = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'];
/** Folders of which each may hold a package of the repository. */
const HOLDERS = ['packages', 'e2e', 'tools'];
const CELLS = ['for', 'weighed', 'licence', 'MB'];
const CURE = `add "| \`name\` | for | weighed | licence | MB |" to a table of ${DOCUMENT}`;

/**
 * @param {string} root the repository's folder
 * @returns {string[]} one line for each finding
 */
export function checkDependencies(root) {
  const rows = readRows(root);
  const wanted = manifests(root).flatMap((file) => foreign(root, file).map((name) => ({ file, name })));
  const names = new Set(wanted.map(({ name }) => name));
  return [
    ...wanted
      .filter(({ name }) => !rows.some((row) => row.name === name))
      .map(({ file, name }) => `${file}: ${name} has no row that says why it is there: ${CURE}`),
    ...rows.flatMap(({ name, cells }, at) => {
      const findings = [];
      if (!names.has(name)) findings.push('is no dependency: take its row out');
      if (rows.findIndex((row) => row.name === name) !== at) findings.push('has two rows: keep one');
      const empty = CELLS.filter((_, column) => !cells[column]);
      if (empty.length > 0) findings.push(`says nothing of: ${empty.join(', ')}`);
      return findings.map((finding) => `${DOCUMENT}: ${name} ${finding}`);
    }),
  ];
}

/**
 * The rows that begin with a name in backticks.
 * @param {string} root
 */
function readRows(root) {
  const text = readFileSync(path.join(root, DOCUMENT), 'utf8');
  return Array.from(text.matchAll(/^\| `([^`]+)` \|(.*)\|$/gm), ([, name = '', rest = '']) => ({
    name,
    cells: rest.split('|').map((cell) => cell.trim()),
  }));
}

/** @param {string} root */
function manifests(root) {
  const held = HOLDERS.filter((holder) => existsSync(path.join(root, holder))).flatMap((holder) =>
    readdirSync(path.join(root, holder)).map((name) => `${holder}/${name}`),
  );
  return ['.', 'bench', ...held]
    .map((folder) => path.posix.join(folder, 'package.json'))
    .filter((file) => existsSync(path.join(root, file)));
}

/**
 * What a package depends on beside the packages of this repository.
 * @param {string} root
 * @param {string} file
 */
function foreign(root, file) {
  const manifest = JSON.parse(readFileSync(path.join(root, file), 'utf8'));
  const names = new Set(KINDS.flatMap((kind) => Object.keys(manifest[kind] ?? {})));
  return [...names].filter((name) => !/^(@coupon-media\/|coupon-media$)/.test(name)).sort();
}
