import type { UploadRow } from '../upload/row.js';

/** A row for programs: names as on the wire, nothing escaped except by the format itself. */
export interface ResultRecord {
  readonly file: string;
  readonly status: UploadRow['status'];
  readonly slot: string | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly filename: string | undefined;
  readonly sha256: string | undefined;
  readonly bytes: number | undefined;
  /** The number of files that are left out. */
  readonly files: number | undefined;
  readonly image_url: string | undefined;
  readonly uploaded_at: string | undefined;
  readonly request_id: string | undefined;
  readonly changes: readonly string[] | undefined;
  readonly code: string | undefined;
  readonly reason: string | undefined;
  readonly remedy: string | undefined;
}

export function recordOf(row: UploadRow): ResultRecord {
  const { path, status, slot, width, height, filename, sha256, bytes, leftOut } = row;
  const { imageUrl, uploadedAt, requestId, changes, problem } = row;
  return {
    file: path,
    status,
    slot,
    width,
    height,
    filename,
    sha256,
    bytes,
    files: leftOut?.count,
    image_url: imageUrl,
    uploaded_at: uploadedAt,
    request_id: requestId,
    changes: changes && changes.length > 0 ? changes : undefined,
    code: problem?.code,
    reason: problem?.reason ?? leftOut?.reason,
    remedy: problem?.remedy,
  };
}
