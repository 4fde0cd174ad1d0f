import { en, type MessageKey } from '#cli/messages/en.js';
import { printFailures } from '#cli/report/failures.js';
import { jsonResults, plainResults, planResults, tableResults } from '#cli/report/results.js';
import { CommandError, describeFailure, oneLine } from '#cli/shell/failure.js';
import { hanging } from '#cli/shell/hanging.js';
import { visible } from '#cli/terminal/visible.js';
import { problemOf } from '#cli/upload/problem.js';
import { rowsOf } from './rows.js';
import { shells, type WatchedShell } from './screens.js';
import { broken, type Target } from './target.js';

const KEYS = Object.keys(en).filter((key): key is MessageKey => key in en);

export const terminal: Target = {
  name: 'terminal',
  words: [
    ...[
      '\x1b[2J',
      '\x1b]0;x\x07',
      '\u009b2J',
      '\x9b',
      '\u202e',
      '\u2066',
      '\u2028',
      '\u200b',
      '\ufeff',
      '\ud83d',
    ],
    ...[
      '\n',
      '\r',
      '\r\n',
      '\n  ✓ forged',
      '\t',
      '\0',
      '\x7f',
      '\x1b[31m',
      '\x1b[39m',
      '图片',
      '😀',
      'e\u0301',
      ' '.repeat(90),
    ],
    ...['{n}', '{file}', '{n:a|b}', '$&', '$1', '%s', '\\e', '\\x1b', 'https://a.example/', '\x1b\x1b'],
  ],
  read(bytes) {
    const text = bytes.toString('utf8');
    const rows = rowsOf(bytes);
    const key = KEYS[bytes.length % KEYS.length] ?? 'failure.path';
    for (const shell of shells) {
      tellAll(text, key, shell);
      printFailures(rows, shell);
      for (const results of [jsonResults, plainResults, tableResults, planResults]) {
        const { row, end } = results(shell);
        rows.forEach(row);
        end(rows);
      }
      shell.look();
    }
    if (/[\r\n]/.test(oneLine(text))) broken('more than one line');
  },
};

/** A text in the place of every value that a sentence has, and in every way of writing it. */
function tellAll(text: string, key: MessageKey, shell: WatchedShell): void {
  const { out, err, say, look } = shell;
  const names = [...en[key].matchAll(/\{(\w+)/g)].map(([, name = '']) => name);
  const values = Object.fromEntries(names.map((name) => [name, text]));
  const line = say(key, values);
  err.lines(
    line,
    describeFailure(new CommandError(key, values), shell),
    describeFailure(new Error(text), shell),
  );
  err.lines(describeFailure(Object.assign(new Error(text), { code: 'ENOENT', path: text }), shell));
  err.lines(problemOf(new Error(text), shell).reason);
  out.write(`${line}\n`);
  out.write(text);
  out.json({ [text]: text, list: [text] }, 2);
  out.json([text]);
  if (err.isTerminal) err.rewrite(text);
  out.lines(out.style.bad(text), hanging(out, 4, text, out.style.note), visible(text));
  look();
}
