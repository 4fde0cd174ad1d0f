import { hanging } from '../shell/hanging.js';
import type { Shell } from '../shell/shell.js';
import { padded, shortened, width } from '../terminal/text.js';
import { visible } from '../terminal/visible.js';
import type { Status, UploadRow } from '../upload/row.js';
import { recordOf } from './record.js';

/** Prints results as they arrive, and at the end. */
export interface Results {
  row(row: UploadRow): void;
  end(rows: readonly UploadRow[]): void;
}

/** Prints one JSON line per result as it arrives; images that were not tried come at the end. */
export function jsonResults({ out }: Shell): Results {
  const tell = (row: UploadRow): void => out.json(recordOf(row));
  return {
    row: tell,
    end: (rows) => rows.filter(({ status }) => status === 'untried').forEach(tell),
  };
}

/** For pipes: prints one line per URL as it arrives: file, tab, URL. */
export function plainResults({ out }: Shell): Results {
  return {
    row({ path, imageUrl }) {
      if (imageUrl) out.lines(`${visible(path)}\t${visible(imageUrl)}`);
    },
    end: () => {},
  };
}

/** For people: prints a table when everything is done. */
export function tableResults(shell: Shell): Results {
  return { row: () => {}, end: (rows) => shell.out.lines(...table(rows, shell)) };
}

/** Prints nothing, since the results go to a manifest. */
export function noResults(): Results {
  return { row: () => {}, end: () => {} };
}

/** For a dry run: prints what would be sent and changed. */
export function planResults(shell: Shell): Results {
  return {
    row: () => {},
    end(rows) {
      const images = rows.filter(({ status }) => status !== 'left-out');
      for (const row of images) shell.out.lines(...planLines(row, images, shell));
    },
  };
}

/** One line per row if the terminal is wide enough for names and URLs, else two. */
function table(rows: readonly UploadRow[], { out, say }: Shell): string[] {
  const shown = rows.filter(({ imageUrl }) => imageUrl);
  const names = nameColumns(shown);
  const urls = Math.max(0, ...shown.map(({ imageUrl = '' }) => imageUrl.length));
  const fits = names + urls + 6 <= out.columns();
  return shown.flatMap(({ status, path, imageUrl = '' }) => {
    const mark = status === 'uploaded' ? out.style.good('✓') : out.style.faint('=');
    if (fits) return [`  ${mark} ${padded(visible(path), names)}  ${imageUrl}`];
    const remark = status === 'uploaded' ? '' : `  ${out.style.faint(say(STATUS_TEXTS[status]))}`;
    return [
      `  ${mark} ${shortened(visible(path), out.columns() - 30)}${remark}`,
      `    ${out.style.faint(imageUrl)}`,
    ];
  });
}

function nameColumns(rows: readonly UploadRow[]): number {
  return Math.max(0, ...rows.map(({ path }) => width(visible(path))));
}

const STATUS_TEXTS = {
  uploaded: 'status.uploaded',
  known: 'status.known',
  same: 'status.same',
  ready: 'status.ready',
  'needs-prepare': 'status.needs-prepare',
  failed: 'status.failed',
  'left-out': 'status.left-out',
  untried: 'status.untried',
} as const satisfies Record<Status, string>;

function planLines(row: UploadRow, rows: readonly UploadRow[], { out, say }: Shell): string[] {
  const { style } = out;
  const marks: Partial<Record<Status, string>> = {
    ready: style.good('→'),
    'needs-prepare': style.note('!'),
    failed: style.bad('✗'),
  };
  const names = Math.min(nameColumns(rows), Math.max(20, out.columns() - 40));
  const name = padded(shortened(visible(row.path), names), names);
  const size = row.bytes === undefined ? '' : `  ${row.bytes} B`;
  return [
    `  ${marks[row.status] ?? style.faint('=')} ${name}  ${say(STATUS_TEXTS[row.status])}${style.faint(size)}`,
    ...(row.changes ?? []).map((change) => `      ${style.note('~')} ${hanging(out, 8, change)}`),
    ...(row.problem ? [`      ${hanging(out, 6, row.problem.reason, style.bad)}`] : []),
    ...(row.problem?.remedy ? [`      ${style.note('→')} ${hanging(out, 8, row.problem.remedy)}`] : []),
    ...(row.imageUrl ? [`      ${style.faint(row.imageUrl)}`] : []),
  ];
}
