/**
 * Which of vitest's projects a test file belongs to, by what it loads: no list of names has to follow when files move.
 *
 * - `attack`: whatever attacks a service with all that a machine has
 * - `engines`: whatever reaches tools/engines, and so may start PostgreSQL, Redis, S3 or HAProxy
 * - `e2e`: what is in e2e/, or reaches node:child_process, in the code under test too
 * - `unit`: all others
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** @typedef {'unit' | 'e2e' | 'engines' | 'attack'} Project */

/** Files of `.wide.ts` are no tests of CI: `npm run console:wide` runs them. */
const TEST = process.env.TEST_CONSOLE === 'wide' ? /\.(?:test|wide)\.ts$/ : /\.test\.ts$/;

const ENGINES = /^tools\/engines\//;
const ATTACKS = 'e2e/attack/attacks.ts';
const PROCESSES = new Set(['node:child_process', 'node:cluster']);

/**
 * @param {string} root the clone's folder, with what was built
 * @returns {Record<Project, string[]>} paths from there
 */
export function testProjects(root) {
  const packages = packageEntries(root);
  /** @type {Map<string, Set<string>>} */
  const known = new Map();
  /** @type {Record<Project, string[]>} */
  const projects = { unit: [], e2e: [], engines: [], attack: [] };
  for (const file of testFiles(root)) projects[projectOf(file)].push(file);
  return projects;

  /**
   * @param {string} file
   * @returns {Project}
   */
  function projectOf(file) {
    const reached = reach(file);
    if (reached.has(ATTACKS)) return 'attack';
    if ([...reached].some((found) => ENGINES.test(found))) return 'engines';
    return file.startsWith('e2e/') || [...reached].some((found) => PROCESSES.has(found)) ? 'e2e' : 'unit';
  }

  /**
   * All that a file loads, directly or not: files of the clone, and what is no file of it by its name.
   * @param {string} from
   */
  function reach(from) {
    const reached = new Set([from]);
    for (const file of reached) {
      for (const found of loads(file)) reached.add(found);
    }
    return reached;
  }

  /** @param {string} file */
  function loads(file) {
    const found = known.get(file) ?? readLoads(file);
    known.set(file, found);
    return found;
  }

  /** @param {string} file */
  function readLoads(file) {
    if (!existsSync(path.join(root, file))) return new Set();
    const specifiers = loadedBy(readFileSync(path.join(root, file), 'utf8'));
    return new Set(specifiers.map((specifier) => resolve(file, specifier)));
  }

  /**
   * @param {string} file
   * @param {string} specifier
   */
  function resolve(file, specifier) {
    if (!specifier.startsWith('.')) return packages.get(specifier) ?? specifier;
    const target = path.posix.join(path.posix.dirname(file), specifier);
    const source = target.replace(/\.js$/, '.ts');
    return existsSync(path.join(root, source)) ? source : target;
  }
}

/**
 * What a file loads when it runs, by the names that it has for them; types are not there any more by then.
 * @param {string} source TypeScript or JavaScript
 * @returns {string[]}
 */
function loadedBy(source) {
  /** @type {string[]} */
  const found = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    const specifier = specifierOf(node);
    if (specifier && ts.isStringLiteralLike(specifier)) found.push(specifier.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('', source, ts.ScriptTarget.Latest));
  return found;
}

/** @param {ts.Node} node */
function specifierOf(node) {
  if (ts.isImportDeclaration(node)) return node.importClause?.isTypeOnly ? undefined : node.moduleSpecifier;
  if (ts.isExportDeclaration(node)) return node.isTypeOnly ? undefined : node.moduleSpecifier;
  if (!ts.isCallExpression(node)) return undefined;
  const { expression } = node;
  const loads =
    expression.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(expression) && expression.text === 'require');
  return loads ? node.arguments[0] : undefined;
}

/** @param {string} root */
function testFiles(root) {
  const tests = readdirSync(path.join(root, 'packages')).map((name) => `packages/${name}/test`);
  return [...tests, 'e2e', 'tools/test'].flatMap((folder) => {
    if (!existsSync(path.join(root, folder))) return [];
    return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => TEST.test(file) && !file.includes('node_modules'))
      .sort()
      .map((file) => path.posix.join(folder, file.replaceAll(path.sep, '/')));
  });
}

/**
 * What our packages are imported by, and the files that this loads.
 * @param {string} root
 * @returns {Map<string, string>}
 */
function packageEntries(root) {
  /** @type {Map<string, string>} */
  const entries = new Map();
  for (const folder of readdirSync(path.join(root, 'packages'))) {
    const manifest = path.join(root, 'packages', folder, 'package.json');
    if (!existsSync(manifest)) continue;
    const { name, exports = {} } = JSON.parse(readFileSync(manifest, 'utf8'));
    for (const [door, target] of Object.entries(exports)) {
      const file = path.posix.join('packages', folder, (target.import ?? target).default ?? target);
      entries.set(path.posix.join(name, door), file);
    }
  }
  return entries;
}
