/**
 * Enforces who may import whom. The rules are the tables in import-rules.mjs; this file only reads and compares.
 * Usage: node tools/check-imports.mjs [FOLDER]
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ENTRIES, ONLY_IN, ROOMS } from './import-rules.mjs';
import { readImports } from './read-imports.mjs';

/** @typedef {import('./import-rules.mjs').Room} Room */
/** @typedef {import('./read-imports.mjs').Import} Import */
/** @typedef {{ path: string, room: Room | undefined, imports: Import[], uses: { name: string, line: number }[] }} File */

const SCANNED = ['packages', 'e2e', 'examples', 'bench', 'tools'];

/**
 * @param {string} root the repository's folder
 * @returns {string[]} one line for each finding
 */
export function checkImports(root) {
  const files = SCANNED.flatMap((folder) => sourcesUnder(root, folder)).map((file) => readFile(root, file));
  return [
    ...files.flatMap(checkFile),
    ...checkCounts(files),
    ...checkDeclared(root, files),
    ...checkCycles(files),
  ];
}

/**
 * @param {string} root
 * @param {string} file
 * @returns {File}
 */
function readFile(root, file) {
  return { path: file, room: roomOf(file), ...readImports(readFileSync(path.join(root, file), 'utf8')) };
}

/** @param {File} file */
function checkFile(file) {
  const { room } = file;
  if (!room) return [`${file.path}: belongs to no room; give it one in tools/import-rules.mjs`];
  const uses = file.uses
    .filter((use) =>
      room.mustNotUse?.some((name) => use.name === name || name === `${use.name.split('.')[0]}.*`),
    )
    .map((use) => `${file.path}:${use.line}: ${room.name} must not use ${use.name}`);
  const imports = file.imports.flatMap((found) => {
    const problem = judge(file.path, room, found);
    return problem ? [`${file.path}:${found.line}: ${room.name} ${problem}`] : [];
  });
  return [...uses, ...imports];
}

/**
 * @param {string} from
 * @param {Room} room
 * @param {Import} found
 * @returns {string | undefined} what is wrong with the import
 */
function judge(from, room, found) {
  const { specifier, kind } = found;
  if (specifier === undefined) return room.computed ? undefined : 'must not compute what it imports';
  if (specifier.startsWith('.')) return judgeRelative(from, room, specifier, kind);
  if (isBuiltin(specifier)) return judgeBuiltin(room, specifier);
  const ours = /^(?:@coupon-media\/([^/]+)|coupon-media(?=\/|$))(\/.*)?$/.exec(specifier);
  if (!ours) return judgeOutside(room, specifier);
  const name = `${ours[1] ?? 'cli'}${ours[2] ?? ''}`;
  if (ours[2] && !ENTRIES.has(name)) return `must use a package by its public name alone, not ${specifier}`;
  if (covers(room.packages, name)) return undefined;
  if (covers(room.lazyPackages, name))
    return kind === 'value' ? `must import ${specifier} with import() or for its types` : undefined;
  if (covers(room.typesOf, name))
    return kind === 'type' ? undefined : `must import only types from ${specifier}`;
  return `must not import ${specifier}`;
}

/**
 * @param {string} from
 * @param {Room} room
 * @param {string} specifier
 * @param {Import['kind']} kind
 */
function judgeRelative(from, room, specifier, kind) {
  const to = path.posix.join(path.posix.dirname(from), specifier);
  const target = roomOf(to);
  const reaches = packageOf(from) !== packageOf(to);
  if (reaches && !covers(room.rooms, target?.name ?? '')) return `must not reach out of its package to ${to}`;
  if (!target) return `must not import ${to}, which belongs to no room`;
  if (target === room || covers(room.rooms, target.name)) return undefined;
  if (covers(room.typesOf, target.name))
    return kind === 'type' ? undefined : `must use 'import type' for ${specifier}`;
  return `must not import ${target.name} (${specifier})`;
}

/**
 * @param {Room} room
 * @param {string} specifier
 */
function judgeBuiltin(room, specifier) {
  const name = specifier.replace(/^node:/, '');
  if (room.node && !room.node.includes(name)) return `must not import node:${name}`;
  if (name === 'process' && room.mustNotUse?.includes('process.env')) return 'must not import node:process';
  return undefined;
}

/**
 * @param {Room} room
 * @param {string} specifier
 */
function judgeOutside(room, specifier) {
  const library = libraryOf(specifier);
  const only = ONLY_IN.get(library);
  if (only && !covers([only], room.name)) return `must not import ${library}, which only ${only} may`;
  return covers(room.outside, library) ? undefined : `must not import ${specifier}`;
}

/** @param {File[]} files */
function checkCounts(files) {
  return ROOMS.flatMap((room) => {
    const own = files.filter((file) => file.room === room).flatMap((file) => file.imports);
    const libraries = new Set(
      own.flatMap(({ specifier }) => (isOutside(specifier) ? [libraryOf(specifier)] : [])),
    );
    if (room.atMost === undefined || libraries.size <= room.atMost) return [];
    return [
      `${room.name}: imports ${libraries.size} outside libraries (${[...libraries].join(', ')}), at most ${room.atMost}`,
    ];
  });
}

/**
 * What a package's sources import is in its own package.json: in a workspace a neighbour's dependency would be found as well.
 * @param {string} root
 * @param {File[]} files
 */
function checkDeclared(root, files) {
  return files.flatMap((file) => {
    const folder = /^(packages\/[^/]+)\/src\//.exec(file.path)?.[1];
    if (!folder) return [];
    const manifest = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
    const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
    return file.imports.flatMap(({ specifier, line }) => {
      if (specifier === undefined || specifier.startsWith('.') || isBuiltin(specifier)) return [];
      if (libraryOf(specifier) in declared) return [];
      return [`${file.path}:${line}: ${libraryOf(specifier)} is no dependency in ${folder}/package.json`];
    });
  });
}

/**
 * Cycles among the files of a package, by imports that run code at load time. Each is told once.
 * @param {File[]} files
 */
function checkCycles(files) {
  const known = new Map(files.map((file) => [file.path, file]));
  const done = new Set();
  /** @type {string[]} */
  const findings = [];

  /**
   * @param {File} file
   * @param {string[]} trail
   */
  const visit = (file, trail) => {
    const start = trail.indexOf(file.path);
    if (start >= 0) findings.push(`import cycle: ${[...trail.slice(start), file.path].join(' → ')}`);
    if (start >= 0 || done.has(file.path)) return;
    for (const target of valueTargets(file, known)) visit(target, [...trail, file.path]);
    done.add(file.path);
  };
  for (const file of files) visit(file, []);
  return findings;
}

/**
 * @param {File} file
 * @param {Map<string, File>} known
 */
function valueTargets(file, known) {
  const relative = file.imports.filter(
    ({ kind, specifier }) => kind === 'value' && specifier?.startsWith('.'),
  );
  return relative.flatMap(({ specifier = '' }) => {
    const to = path.posix.join(path.posix.dirname(file.path), specifier);
    const stem = to.replace(/\.[mc]?js$/, '');
    return [to, `${stem}.ts`, `${stem}.tsx`, `${stem}.mts`]
      .flatMap((name) => known.get(name) ?? [])
      .slice(0, 1);
  });
}

/** @param {string} file a file's path, or what an import calls it: `x.js` stands for `x.ts` */
function roomOf(file) {
  const source = file.includes('/dist/') ? file : file.replace(/\.([mc]?)js(x?)$/, '.$1ts$2');
  return ROOMS.find((room) => room.files.test(source));
}

/** @param {string} file */
function packageOf(file) {
  return /^packages\/[^/]+/.exec(file)?.[0] ?? file.split('/')[0];
}

/** @param {string} specifier */
function libraryOf(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/**
 * @param {string | undefined} specifier
 * @returns {specifier is string}
 */
function isOutside(specifier) {
  return specifier !== undefined && !/^(\.|@?coupon-media(\/|$))/.test(specifier) && !isBuiltin(specifier);
}

/**
 * A list covers a name when it has the name, something the name lies under, or '*'.
 * @param {readonly string[] | undefined} list
 * @param {string} name
 */
function covers(list, name) {
  return list?.some((item) => item === '*' || item === name || name.startsWith(`${item}/`)) ?? false;
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]} paths from the root, with forward slashes
 */
function sourcesUnder(root, folder) {
  if (!existsSync(path.join(root, folder))) return [];
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const child = `${folder}/${entry.name}`;
    if (entry.isDirectory())
      return ['node_modules', 'dist'].includes(entry.name) ? [] : sourcesUnder(root, child);
    return /\.[mc]?[jt]sx?$/.test(entry.name) ? [child] : [];
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const findings = checkImports(
    process.argv[2] ?? path.dirname(path.dirname(fileURLToPath(import.meta.url))),
  );
  for (const finding of findings) process.stdout.write(`${finding}\n`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}
