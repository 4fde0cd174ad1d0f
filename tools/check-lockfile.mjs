/** Dependencies are exact, come from wherever npm is told to look, and can be installed on every platform they support. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * @param {string} root the repository's folder
 * @returns {string[]} one line for each finding
 */
export function checkLockfile(root) {
  const entries = Object.entries(readJson(root, 'package-lock.json').packages);
  const names = new Set(entries.map(([where]) => where.slice(where.lastIndexOf('node_modules/') + 13)));
  return entries.flatMap(([where, entry]) => {
    const findings = [];
    if (entry.resolved && !entry.link)
      findings.push(`names the address it was fetched from: ${entry.resolved}`);
    if (where.includes('node_modules/') && !entry.link && !entry.integrity)
      findings.push('has no integrity hash');
    for (const name of Object.keys(entry.optionalDependencies ?? {})) {
      if (!names.has(name))
        findings.push(`lacks its optional dependency ${name}, so other platforms cannot install`);
    }
    if (!where.includes('node_modules/')) findings.push(...inexact(readJson(root, where, 'package.json')));
    return findings.map((finding) => `package-lock.json: ${where || 'the root package'} ${finding}`);
  });
}

/** @param {Record<string, Record<string, string>>} manifest */
function inexact(manifest) {
  const specs = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  const loose = specs.filter(([, spec]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(spec));
  return loose.map(([name, spec]) => `asks for ${name} ${spec} rather than an exact version`);
}

/** @param {string[]} parts */
function readJson(...parts) {
  return JSON.parse(readFileSync(path.join(...parts), 'utf8'));
}
