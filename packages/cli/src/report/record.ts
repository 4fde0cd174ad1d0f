import type { UploadRow } from '../upload/row.js';

/** A row for programs: names as on the wire, nothing escaped except by the format itself. */
export interface ResultRecord {
  readonly file: string;
  readonly status: UploadRow['status'];
  readonly filename: string | undefined;
  readonly sha256: string | undefined;
  readonly bytes: number | undefined;
  /** The number of files that are left out. */
  readonly files: number | undefined;
  readonly image_url: string | undefined;
  readonly request_id: string | undefined;
  readonly changes: readonly string[] | undefined;
  readonly code: string | undefined;
  readonly reason: string | undefined;
  readonly remedy: string | undefined;
}

export function recordOf(row: UploadRow): ResultRecord {
  const { path, status, filename, sha256, bytes, imageUrl, requestId, changes, problem, leftOut } = row;
  return {
    file: path,
    status,
    filename,
    sha256,
    bytes,
    files: leftOut?.count,
    image_url: imageUrl,
    request_id: requestId,
    changes: changes && changes.length > 0 ? changes : undefined,
    code: problem?.code,
    reason: problem?.reason ?? leftOut?.reason,
    remedy: problem?.remedy,
  };
}

/** Columns of a table of records. */
export const RECORD_COLUMNS = [
  'file',
  'status',
  'image_url',
  'filename',
  'sha256',
  'bytes',
  'files',
  'request_id',
  'changes',
  'code',
  'reason',
  'remedy',
] as const satisfies readonly (keyof ResultRecord)[];
