import { createHash } from 'node:crypto';
import { createMultipartReader } from '@coupon-media/apiv3';

/** A part of a form, byte for byte as it came. */
export interface ReceivedPart {
  /** Undefined if its Content-Disposition gives none. */
  readonly name: string | undefined;
  readonly bytes: Buffer;
  /** SHA-256 of the bytes, in lower-case hex. */
  readonly sha256: string;
  /** Where its first byte stands in the body; undefined if it is empty. */
  readonly offset: number | undefined;
}

/** The form of an upload, as far as it can be read. */
export interface ReceivedForm {
  readonly parts: readonly ReceivedPart[];
  /** Why it is not a valid form; undefined if it is one. */
  readonly fault: string | undefined;
}

/** Reads a form by the rules of the service. */
export function readForm(contentType: string | undefined, body: Buffer): ReceivedForm {
  const parts: { name: string | undefined; pieces: Buffer[] }[] = [];
  const reader = createMultipartReader(contentType, {
    partBegin: (name) => void parts.push({ name, pieces: [] }),
    partData: (bytes) => void parts.at(-1)?.pieces.push(bytes),
    partEnd() {},
  });
  // In one piece, so that what the reader gives of a part begins with a view of the body.
  reader.write(body);
  const fault = reader.end();
  return {
    parts: parts.map(({ name, pieces }) => {
      const bytes = Buffer.concat(pieces);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      return { name, bytes, sha256, offset: pieces[0] && pieces[0].byteOffset - body.byteOffset };
    }),
    fault,
  };
}

/** What the meta part of an upload says; nothing of it is checked. */
export interface ClaimedMeta {
  readonly filename: string | undefined;
  readonly sha256: string | undefined;
}

export function readClaims(meta: Buffer | undefined): ClaimedMeta {
  try {
    const value: unknown = JSON.parse(String(meta ?? ''));
    const text = (key: string): string | undefined => {
      const found: unknown =
        typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
      return typeof found === 'string' ? found : undefined;
    };
    return { filename: text('filename'), sha256: text('sha256') };
  } catch {
    return { filename: undefined, sha256: undefined };
  }
}
