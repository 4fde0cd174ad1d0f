import { Writable } from 'node:stream';
import { createShell, type Shell } from '#cli/shell/shell.js';
import { CANARY } from './canary.js';
import { broken } from './target.js';

/** The command's own two streams, with what was written to them in place of a terminal. */
export interface WatchedShell extends Shell {
  /**
   * Looks at all that was written since the last time.
   *
   * @param isSecret whether the canary is a secret where it stands. Default: yes
   * @throws where it would do something, or gives a secret away
   */
  look(isSecret?: boolean): void;
}

/** In both languages; as a terminal and as a pipe. */
export const shells: readonly WatchedShell[] = await Promise.all(
  ['en', 'zh_CN.UTF-8'].flatMap((language) =>
    [true, false].map((isTerminal) => watchedShell(language, isTerminal)),
  ),
);

/** What this program itself tells a terminal. Where there is none, it tells it nothing. */
const OWN = new RegExp(
  ['\r\x1b\\[2K', ...[31, 32, 33, 39, 1, 2, 22].map((code) => `\x1b\\[${code}m`)].join('|'),
  'g',
);

const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

async function watchedShell(language: string, isTerminal: boolean): Promise<WatchedShell> {
  let text = '';
  const stream = () =>
    Object.assign(
      new Writable({
        write(chunk: Buffer, _, done) {
          text += chunk;
          done();
        },
      }),
      { isTTY: isTerminal, columns: 80 },
    );
  const streams = { stdout: { value: stream() }, stderr: { value: stream() } };
  const world = { argv: { value: ['node', 'coupon-media'] }, env: { value: { LANG: language } } };
  const shell = await createShell(Object.create(process, { ...world, ...streams }));
  return {
    ...shell,
    look(isSecret = true) {
      const printed = isTerminal ? text.replace(OWN, '') : text;
      text = '';
      const found = UNSEEN.exec(printed.replaceAll(/[\n\t]/g, ''));
      if (found)
        broken(`a terminal is told U+${found[0].codePointAt(0)?.toString(16)}: ${near(printed, found[0])}`);
      if (isSecret && printed.includes(CANARY)) broken(`a secret is printed: ${near(printed, CANARY)}`);
    },
  };
}

function near(text: string, what: string): string {
  const at = text.indexOf(what);
  return JSON.stringify(text.slice(Math.max(0, at - 60), at + 60));
}
