/**
 * The CommonJS form of the packages that Jest, NestJS and other programs load with require(): `cjs/` beside `dist/`, at the same
 * depth, so that a path which leads out of one leads out of the other, too. It is made when packages are packed, and when the types of a program that
 * requires them are checked, and by no other build.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import ts from 'typescript';
import { withLock } from '../lock.mjs';

/**
 * Makes `cjs/` of each package that names it as its `main`, unless it was made of what is in `dist/` now.
 * @param {string} clone its folder, with the packages built
 */
export function buildCommonJs(clone) {
  const folders = readdirSync(path.join(clone, 'packages'))
    .map((name) => path.join(clone, 'packages', name))
    .filter(hasCommonJs);
  const stamp = path.join(clone, 'node_modules', '.coupon-media-commonjs');
  withLock(
    path.join(clone, '.commonjs-lock'),
    () => {},
    () => {
      const fingerprint = fingerprintOf(folders);
      if (readText(stamp) === fingerprint && folders.every((folder) => existsSync(path.join(folder, 'cjs'))))
        return;
      for (const folder of folders) buildPackage(folder);
      writeFileSync(stamp, fingerprint);
    },
  );
}

/** @param {string} folder of a package */
function hasCommonJs(folder) {
  const manifest = readText(path.join(folder, 'package.json'));
  return manifest !== undefined && /^\.\/cjs\//.test(JSON.parse(manifest).main ?? '');
}

/** @param {string} folder of a package */
function buildPackage(folder) {
  const [sources, built, made] = ['src', 'dist', 'cjs'].map((name) => path.join(folder, name));
  if (!sources || !built || !made) return;
  rmSync(made, { recursive: true, force: true });
  for (const file of filesUnder(sources, '.ts').filter((name) => !name.endsWith('.d.ts'))) {
    const to = path.join(made, file.replace(/\.ts$/, '.js'));
    const { code, map } = toCommonJs(path.join(sources, file));
    mkdirSync(path.dirname(to), { recursive: true });
    writeFileSync(to, code);
    writeFileSync(`${to}.map`, map);
  }
  // The types are the same; which form they describe is said by the package.json beside them.
  for (const file of filesUnder(built, '.d.ts')) {
    const types = readFileSync(path.join(built, file), 'utf8');
    writeFileSync(path.join(made, file), types.replace(/\n\/\/# sourceMappingURL=.*\n?$/, '\n'));
  }
  writeFileSync(path.join(made, 'package.json'), '{ "type": "commonjs" }\n');
}

/** @type {ts.CompilerOptions} */
const OPTIONS = {
  module: ts.ModuleKind.CommonJS,
  target: ts.ScriptTarget.ES2023,
  esModuleInterop: true,
  sourceMap: true,
  inlineSources: true,
};

/**
 * @param {string} source a module's path
 * @returns {{ code: string, map: string }} its CommonJS form
 */
function toCommonJs(source) {
  const { outputText: code, sourceMapText: map = '' } = ts.transpileModule(readFileSync(source, 'utf8'), {
    fileName: source,
    compilerOptions: OPTIONS,
    transformers: { before: [ownUrlTransformer] },
  });
  try {
    new vm.Script(`(function () {${code}\n})`);
  } catch (cause) {
    const causes = 'an await outside of functions, or import.meta other than .url';
    throw new Error(`${source} has no CommonJS form (${causes}): ${cause}`, { cause });
  }
  return { code, map };
}

/**
 * `import.meta.url` as CommonJS has it.
 * @type {ts.TransformerFactory<ts.SourceFile>}
 */
function ownUrlTransformer(context) {
  const { factory } = context;
  return (file) => ts.visitEachChild(file, visit, context);

  /** @param {ts.Node} node @returns {ts.Node} */
  function visit(node) {
    if (ts.isPropertyAccessExpression(node) && ts.isMetaProperty(node.expression) && node.name.text === 'url')
      return ownUrl();
    return ts.visitEachChild(node, visit, context);
  }

  /** `require('node:url').pathToFileURL(__filename).href` */
  function ownUrl() {
    const url = call(factory.createIdentifier('require'), factory.createStringLiteral('node:url'));
    const toUrl = factory.createPropertyAccessExpression(url, 'pathToFileURL');
    return factory.createPropertyAccessExpression(
      call(toUrl, factory.createIdentifier('__filename')),
      'href',
    );
  }

  /** @param {ts.Expression} called @param {ts.Expression} argument */
  function call(called, argument) {
    return factory.createCallExpression(called, undefined, [argument]);
  }
}

/** @param {string[]} folders of packages */
function fingerprintOf(folders) {
  const hash = createHash('sha256').update(readFileSync(fileURLToPath(import.meta.url)));
  for (const folder of folders) {
    for (const file of filesUnder(path.join(folder, 'dist'), '')) {
      const { size, mtimeMs } = statSync(path.join(folder, 'dist', file));
      hash.update(`${file}\0${size}\0${mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}

/**
 * @param {string} folder
 * @param {string} suffix
 * @returns {string[]} paths from there
 */
function filesUnder(folder, suffix) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** @param {string} file */
function readText(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
