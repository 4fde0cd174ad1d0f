/**
 * Whether what documents name is there: files and folders in links, in backticks, and in the maps of docs/ARCHITECTURE.md, which in turn
 * name everything that stands in a mapped folder; and the scripts of `npm run`. `npm run check` runs it.
 * Usage: node tools/check-paths.mjs [FOLDER]
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const MAPS = 'docs/ARCHITECTURE.md';
const SKIPPED = ['node_modules', 'dist', 'cjs', 'packed', 'coverage'];
/** What a path in backticks begins with; anything else may be a route, a package or a branch. */
const ROOTS = ['packages', 'docs', 'tools', 'e2e', 'bench', 'vectors', 'deploy', 'examples', 'findings'];

/**
 * @param {string} root the repository's folder
 * @returns {string[]} one line for each finding
 */
export function checkPaths(root) {
  const documents = documentsUnder(root, '');
  return [
    ...documents.flatMap((document) => {
      const text = readFileSync(path.join(root, document), 'utf8');
      const lost = [...linksOf(document, text), ...quotedPaths(document, text)].filter(
        ({ places }) => !places.some((place) => existsSync(path.join(root, place))),
      );
      return [...lost, ...lostScripts(root, text)].map(
        ({ line, named }) =>
          `${document}:${line}: names ${named}, which is not there: name what it is called now`,
      );
    }),
    ...checkMaps(root),
  ];
}

/**
 * @param {string} root
 * @param {string} text
 */
function lostScripts(root, text) {
  const { scripts = {} } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  return find(text, /(npm run [a-z][\w:-]*)/g).filter(
    ({ named }) => !(named.slice('npm run '.length) in scripts),
  );
}

/**
 * @param {string} document
 * @param {string} text
 */
function linksOf(document, text) {
  return find(text, /\]\(([^)\s#]+)(?:#[^)\s]*)?\)/g)
    .filter(({ named }) => !/^[a-z]+:/.test(named))
    .map(({ line, named }) => ({
      line,
      named,
      places: [path.posix.join(path.posix.dirname(document), decodeURI(named))],
    }));
}

/**
 * @param {string} document
 * @param {string} text
 */
function quotedPaths(document, text) {
  return find(text, /`([\w.@-]+\/[\w./@-]*)`/g)
    .filter(({ named }) => ROOTS.includes(named.split('/')[0] ?? '') && !isSkipped(named))
    .map(({ line, named }) => ({
      line,
      named,
      places: [named, path.posix.join(path.posix.dirname(document), named)],
    }));
}

/**
 * A map is a fenced block that begins with a folder: each line below has what stands in it, `name` or `name, name`, then two spaces and
 * what it is for. What is indented further stands in the folder above it.
 * @param {string} root
 */
function checkMaps(root) {
  if (!existsSync(path.join(root, MAPS))) return [];
  const text = readFileSync(path.join(root, MAPS), 'utf8');
  return Array.from(text.matchAll(/^```\n([\w./-]+)\n((?: .*\n)+)```$/gm)).flatMap(
    ([, folder = '', body = '']) => checkMap(root, folder, body),
  );
}

/**
 * @param {string} root
 * @param {string} folder
 * @param {string} body
 */
function checkMap(root, folder, body) {
  /** @type {Map<string, Set<string>>} */
  const listed = new Map([[path.posix.normalize(`${folder}/`), new Set()]]);
  /** @type {string[]} by depth */
  const above = [path.posix.normalize(`${folder}/`)];
  const findings = [];
  for (const line of body.split('\n')) {
    const [, indent = '', names] = /^( +)([\w./@-]+(?:, [\w./@-]+)*)(?: {2,}|$)/.exec(line) ?? [];
    const depth = indent.length / 2;
    if (names === undefined || depth > above.length) continue;
    const parent = above[depth - 1] ?? '';
    for (const name of names.split(', ')) {
      listed.set(parent, (listed.get(parent) ?? new Set()).add(name.replace(/\/$/, '')));
      if (!existsSync(path.join(root, parent, name)))
        findings.push(
          `${MAPS}: the map has ${parent}${name}, which is not there: take it out, or name what it is called now`,
        );
    }
    above.length = depth;
    above.push(path.posix.join(parent, `${names.split(', ').at(-1)}/`));
  }
  for (const [mapped, names] of listed) {
    if (!existsSync(path.join(root, mapped)) || !statSync(path.join(root, mapped)).isDirectory()) continue;
    const missing = readdirSync(path.join(root, mapped)).filter(
      (name) => !names.has(name) && !SKIPPED.includes(name),
    );
    for (const name of missing)
      findings.push(`${MAPS}: the map of ${mapped} lacks ${name}: add a line that says what it is for`);
  }
  return findings;
}

/**
 * @param {string} text
 * @param {RegExp} pattern
 */
function find(text, pattern) {
  return Array.from(text.matchAll(pattern), ({ 1: named = '', index }) => ({
    named,
    line: text.slice(0, index).split('\n').length,
  }));
}

/** @param {string} file */
function isSkipped(file) {
  return file.split('/').some((part) => SKIPPED.includes(part));
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]} paths from the root, with forward slashes
 */
function documentsUnder(root, folder) {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const child = path.posix.join(folder, entry.name);
    if (entry.isDirectory())
      return SKIPPED.includes(entry.name) || entry.name.startsWith('.') ? [] : documentsUnder(root, child);
    return entry.name.endsWith('.md') ? [child] : [];
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const findings = checkPaths(path.resolve(process.argv[2] ?? path.dirname(import.meta.dirname)));
  for (const finding of findings) process.stdout.write(`${finding}\n`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}
