import { type Setting, settingRows } from './table.js';

/** @returns the settings as a table of Markdown, as docs/OPERATIONS.md has it */
export function settingsTable(): string {
  const lines = settingRows.map(
    ([, row]) => `| \`${row.variable}\` | ${defaultOf(row)} | ${valuesOf(row)} | ${meaningOf(row)} |`,
  );
  return ['| variable | default | values | meaning |', '|---|---|---|---|', ...lines].join('\n');
}

function defaultOf({ default: value, defaultMeans }: Setting): string {
  return defaultMeans?.en ?? (value === undefined ? '–' : `\`${value}\``);
}

/** A bar would begin a new column. */
function valuesOf({ kind }: Setting): string {
  return kind.values.en.replaceAll(' | ', ', ');
}

function meaningOf({ meaning, option, cluster, required, secret }: Setting): string {
  const remarks = [
    option && `option \`${option}\``,
    required ? 'names a cluster, with the other two' : cluster && 'of a cluster',
    secret && 'what may be a password in it is never logged',
  ].filter(Boolean);
  return remarks.length === 0 ? meaning.en : `${meaning.en} (${remarks.join('; ')})`;
}
