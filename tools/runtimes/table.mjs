/** docs/RUNTIMES.md, as the run writes it. */

/**
 * @typedef {object} Column What became of the tasks on a runtime.
 * @property {string} name with its version
 * @property {(string | null)[]} results of each task why it failed, in the order of the tasks
 */

/**
 * @param {readonly import('./tasks.mjs').Task[]} tasks
 * @param {readonly Column[]} columns
 * @param {Date} now
 */
export function tableOf(tasks, columns, now) {
  /** @type {string[]} */
  const notes = [];
  const cell = (/** @type {string | null | undefined} */ failure) => {
    if (!failure) return 'yes';
    if (!notes.includes(failure)) notes.push(failure);
    return `no (${notes.indexOf(failure) + 1})`;
  };
  const rows = tasks.map(({ room, title }, at) => [
    room,
    title,
    ...columns.map(({ results }) => cell(results[at])),
  ]);
  const head = ['room', 'what was done', ...columns.map(({ name }) => name)];
  return `${[
    '# Runtimes',
    '',
    'Written by `npm run runtimes:wide`: it packs the packages, installs them into an empty folder as their users do, and does each of these on each runtime, against a',
    'sandbox that runs on the Node of the machine.',
    '',
    `Run on ${now.toISOString().slice(0, 10)}, ${process.platform} ${process.arch}.`,
    '',
    ...[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`),
    ...(notes.length > 0 ? ['', ...notes.map((note, at) => `${at + 1}. ${note}`)] : []),
  ].join('\n')}\n`;
}
