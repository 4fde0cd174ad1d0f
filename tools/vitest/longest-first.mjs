/**
 * The order in which vitest begins test files: the longest first, since one that begins last is waited for by all. A file that takes
 * long says so, and why, in a line of its own: `// Takes 90 s: …`.
 */
import { readFileSync } from 'node:fs';
import { BaseSequencer } from 'vitest/node';

/** Seconds, of files that do not say. */
const USUAL = /** @type {Record<string, number>} */ ({ engines: 10, attack: 10, e2e: 5, unit: 1 });

export class LongestFirst extends BaseSequencer {
  /**
   * @override
   * @param {import('vitest/node').TestSpecification[]} files
   */
  async sort(files) {
    const seconds = new Map(files.map((file) => [file, secondsOf(file)]));
    return [...files].sort((a, b) => (seconds.get(b) ?? 0) - (seconds.get(a) ?? 0));
  }
}

/** @param {import('vitest/node').TestSpecification} file */
function secondsOf({ moduleId, project }) {
  const [, said] = /^\/\/ Takes (\d+) s\b/m.exec(readFileSync(moduleId, 'utf8')) ?? [];
  return Number(said ?? USUAL[project.name] ?? 0);
}
