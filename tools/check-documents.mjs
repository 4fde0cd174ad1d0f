/** Whether the commands that documents show can be run as they stand there. `npm run check` runs it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * @typedef {object} Command
 * @property {string} file
 * @property {number} line
 * @property {string} section the heading that it stands under, or the words in bold that its line begins with
 * @property {string} text
 */

/** Of a section with this heading, commands can be run when the packages are on npm. */
const ONCE_PUBLISHED = /^(Once published:?|发布之后：?)$/;
/** npm shows these, so that whoever reads them there has the packages there. */
const SHOWN_BY_NPM = /^packages\//;
const OURS = /(?<![\w/])(@coupon-media\/[a-z3-]+|coupon-media(?![\w/.-]))/;

/**
 * What a command may look like, whether it can be run, and what to do where it cannot.
 * @type {readonly { shape: RegExp, holds: (command: Command, found: RegExpExecArray) => boolean, cure: string }[]}
 */
const RULES = [
  {
    shape: /\bnpx (?!--no-install )(?:--\S+ )*coupon-media\b/,
    holds: () => false,
    cure: 'write `npx --no-install coupon-media`: without it npx installs whatever has that name on npm',
  },
  {
    shape: /\bnpm (?:install|i)\b(.*)/,
    holds: ({ file, section }, [, names = '']) =>
      !OURS.test(names) || ONCE_PUBLISHED.test(section) || SHOWN_BY_NPM.test(file),
    cure: 'nothing of this is on npm yet: install tarballs by their paths, or put it under a heading "Once published"',
  },
];

/**
 * @param {string} root the repository's folder
 * @returns {string[]} one line for each finding
 */
export function checkDocuments(root) {
  return documents(root)
    .flatMap((file) => commandsOf(root, file))
    .flatMap((command) =>
      RULES.flatMap(({ shape, holds, cure }) => {
        const found = shape.exec(command.text);
        if (!found || holds(command, found)) return [];
        return [`${command.file}:${command.line}: ${found[0].trim()}: ${cure}`];
      }),
    );
}

/**
 * Lines of a document's shell blocks, and what stands in backticks.
 * @param {string} root
 * @param {string} file
 * @returns {Command[]}
 */
function commandsOf(root, file) {
  let section = '';
  let fence = '';
  return readFileSync(path.join(root, file), 'utf8')
    .split('\n')
    .flatMap((text, at) => {
      const opened = /^```(\w*)/.exec(text);
      if (opened) fence = fence ? '' : opened[1] || 'text';
      else if (!fence) section = /^#+ (.*)/.exec(text)?.[1] ?? section;
      if (opened || !['', 'sh'].includes(fence)) return [];
      const parts = fence ? [text.replace(/(^| )# .*/, '')] : (text.match(/`[^`]+`/g) ?? []);
      const under = /\*\*(Once published:|发布之后：)\*\*/.exec(text)?.[1] ?? section;
      return parts.map((part) => ({ file, line: at + 1, section: under, text: part.replaceAll('`', '') }));
    });
}

/**
 * Every document for readers; a changelog and decisions tell of what was.
 * @param {string} root
 */
function documents(root) {
  const among = (/** @type {string} */ folder) =>
    existsSync(path.join(root, folder))
      ? readdirSync(path.join(root, folder)).map((name) => path.posix.join(folder, name))
      : [];
  return [...among('.'), ...among('docs'), ...among('packages').flatMap(among), ...among('examples')].filter(
    (file) => file.endsWith('.md') && !file.endsWith('CHANGELOG.md'),
  );
}
