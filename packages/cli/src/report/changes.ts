import { hanging } from '../shell/hanging.js';
import type { Shell } from '../shell/shell.js';
import { shortened } from '../terminal/text.js';
import { visible } from '../terminal/visible.js';
import type { UploadRow } from '../upload/row.js';

/** Prints what was changed before an image was sent, an image a paragraph. */
export function printChanges(rows: readonly UploadRow[], { err, say }: Shell): void {
  for (const { path, changes = [], imageUrl } of rows) {
    if (changes.length === 0 || imageUrl === undefined) continue;
    const name = visible(path);
    const shown = err.isTerminal ? shortened(name, err.columns() - 6) : name;
    err.lines(
      `  ${err.style.note('~')} ${shown}`,
      `    ${hanging(err, 4, changes.join(say('list.semicolon')))}`,
    );
  }
}
