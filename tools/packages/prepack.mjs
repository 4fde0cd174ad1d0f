/**
 * What npm runs in a package before it packs it: builds what is not built, or refuses. An unbuilt package would be packed without its
 * code, and without a word.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root, setup } from '../setup.mjs';

setup(); // ends this process, and so the packing, where the clone cannot be installed or built
const { buildCommonJs } = await import('./commonjs.mjs'); // needs TypeScript, which may be installed only now
buildCommonJs(root);

const { name, main, exports = {} } = JSON.parse(readFileSync('package.json', 'utf8'));
const missing = [main, ...pathsIn(exports)].filter((file) => file && !existsSync(path.resolve(file)));
if (missing.length > 0) {
  process.stderr.write(
    `${name} is not packed: ${[...new Set(missing)].join(', ')} is missing after the build.\n`,
  );
  process.exitCode = 1;
}

/**
 * @param {unknown} target of a door of a package, or of all
 * @returns {string[]}
 */
function pathsIn(target) {
  if (typeof target === 'string') return [target];
  return typeof target === 'object' && target ? Object.values(target).flatMap(pathsIn) : [];
}
