/** Which files of the context `.dockerignore` leaves out. Its patterns are Go's: `*` stops at a slash, `**` does not. */

/**
 * @param {string} text of a .dockerignore
 * @returns {(path: string) => boolean} of a path below the context, with forward slashes
 */
export function ignoring(text) {
  const rules = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ keep: line.startsWith('!'), pattern: expression(line.replace(/^!/, '')) }));
  return (path) =>
    rules.reduce((ignored, { keep, pattern }) => (pattern.test(path) ? !keep : ignored), false);
}

/**
 * A pattern names a file, or a folder with all in it.
 * @param {string} pattern
 */
function expression(pattern) {
  const source = pattern
    .replace(/^\/|\/$/g, '')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/|\*\*|\*|\?/g, (glob) => GLOBS[glob] ?? glob);
  return new RegExp(`^${source}(/|$)`);
}

/** @type {Record<string, string>} */
const GLOBS = { '**/': '(.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' };
