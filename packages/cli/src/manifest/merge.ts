import path from 'node:path';
import { COLUMNS, type ManifestRecord, PLACES } from './columns.js';

/**
 * Joins the rows of this run to those of earlier runs. A row replaces the earlier one of the same file, but a row without a URL
 * does not: it stands beside it. `uploaded` is only what this run has uploaded.
 */
export function merged(earlier: readonly ManifestRecord[], now: readonly ManifestRecord[]): ManifestRecord[] {
  const byFile = new Map(now.map((row) => [row.file, row]));
  const placed = new Set<unknown>();
  const rows: ManifestRecord[] = [];
  for (const old of earlier) {
    const row = byFile.get(old.file);
    const keepsUrl = Boolean(old.image_url && !row?.image_url);
    const isOver = old.status === 'left-out' || (row && !keepsUrl);
    if (!isOver) rows.push(asEarlier(old));
    if (!row || placed.has(row.file) || (keepsUrl && row.status === 'untried')) continue;
    placed.add(row.file);
    rows.push({ ...ownColumns(old), ...row });
  }
  const isKept = new Set(rows.map(({ file }) => file));
  return [...rows, ...now.filter(({ file }) => !isKept.has(file))];
}

/** Adds the URL of each image under its place. The details of a folder are numbered in order, and the ninth has no place. */
export function withPlaces(rows: readonly ManifestRecord[]): ManifestRecord[] {
  const details = new Map<string, number>();
  return rows.map((row) => {
    const { file, slot, image_url: url } = row;
    if (!url || !slot) return row;
    const folder = path.dirname(String(file));
    const number = (details.get(folder) ?? 0) + 1;
    if (slot === 'detail') details.set(folder, number);
    const place = slot === 'detail' ? `detail_${number}` : String(slot);
    return PLACES.includes(place) ? { ...row, [place]: url } : row;
  });
}

function asEarlier(row: ManifestRecord): ManifestRecord {
  return row.status === 'uploaded' || row.status === 'same' ? { ...row, status: 'known' } : row;
}

/** The columns that a person added. */
function ownColumns(row: ManifestRecord): ManifestRecord {
  return Object.fromEntries(Object.entries(row).filter(([column]) => !COLUMNS.includes(column)));
}
