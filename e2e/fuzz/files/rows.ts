import type { Status, UploadRow } from '#cli/upload/row.js';

const STATUSES: readonly Status[] = ['uploaded', 'known', 'same', 'ready', 'failed', 'untried'];

/** Pictures of a run whose texts are these bytes, NUL between them: names, answers and reasons may be anything. */
export function rowsOf(bytes: Buffer): UploadRow[] {
  const texts = bytes.toString('utf8').split('\0');
  const rows: UploadRow[] = [];
  for (let at = 0; at < texts.length && rows.length < 20; at += 5) {
    const [path = '', filename, reason, code, more] = texts.slice(at, at + 5);
    const status = STATUSES[(bytes[at] ?? 0) % STATUSES.length] ?? 'failed';
    rows.push({
      path,
      status,
      filename,
      bytes: bytes.length,
      ...(more !== undefined && {
        imageUrl: `https://img.example/${more}`,
        requestId: more,
        changes: [more, path],
      }),
      ...(reason !== undefined && {
        problem: { code: code ?? 'FAILED', reason, remedy: more ?? '', scope: 'one', requestId: more },
      }),
    });
  }
  return rows;
}
