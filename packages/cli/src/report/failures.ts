import { hanging } from '../shell/hanging.js';
import type { Output, Shell } from '../shell/shell.js';
import { shortened } from '../terminal/text.js';
import { visible } from '../terminal/visible.js';
import type { UploadRow } from '../upload/row.js';

/** Prints failures grouped by cause, each cause once with its remedy. */
export function printFailures(rows: readonly UploadRow[], shell: Shell): void {
  for (const [, group] of groups(rows)) printGroup(group, shell);
}

/** The number of names shown per cause; the manifest has all of them. */
const SHOWN = 10;

function printGroup(rows: readonly UploadRow[], { err, say }: Shell): void {
  const { problem } = rows[0] ?? {};
  if (!problem) return;
  const { style } = err;
  const names = rows.slice(0, SHOWN).map(({ path }) => `  ${style.bad('✗')} ${nameOn(err, path)}`);
  const more = rows.length - names.length;
  err.lines(
    ...names,
    ...(more > 0 ? [`    ${say('failures.more', { n: more })}`] : []),
    `    ${hanging(err, 4, problem.reason)} ${style.faint(`(${problem.code}${requestIds(rows)})`)}`,
    ...(problem.remedy ? [`    ${style.note('→')} ${hanging(err, 6, problem.remedy)}`] : []),
  );
}

function nameOn(screen: Output, path: string): string {
  const name = visible(path);
  return screen.isTerminal ? shortened(name, screen.columns() - 6) : name;
}

function requestIds(rows: readonly UploadRow[]): string {
  const id = rows.find(({ requestId }) => requestId)?.requestId;
  return id ? `, Request-ID ${id}` : '';
}

function groups(rows: readonly UploadRow[]): Map<string, UploadRow[]> {
  const byCause = new Map<string, UploadRow[]>();
  for (const row of rows) {
    if (!row.problem) continue;
    const cause = `${row.problem.code}\n${row.problem.reason}`;
    const group = byCause.get(cause);
    if (group) group.push(row);
    else byCause.set(cause, [row]);
  }
  return byCause;
}
