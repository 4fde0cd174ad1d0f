import type { ImageKind } from '@coupon-media/apiv3';

/** A picture that is ready to be sent. */
export interface Picture {
  /** As meta will carry it. */
  readonly filename: string;
  /** 64 hex digits. */
  readonly sha256: string;
  readonly bytes: Buffer;
  /** What was changed, a sentence each. */
  readonly changes: readonly string[];
  /** Of a picture that was prepared: what it was made of, and how. */
  readonly source?: string | undefined;
}

/**
 * @param name the file's own
 * @returns a name that the endpoint takes (contract 1.3, 5.6), as like the file's as can be: the URL does not depend on it
 */
export function wireName(name: string, kind: ImageKind): string {
  const clean = name.replace(/\p{Cc}/gu, '_').replace(/[\u{10000}-\u{10ffff}\ud800-\udfff]/gu, '_');
  const [, stem = '', suffix = ''] = /^(.*?)(\.[^.]*)?$/s.exec(clean) ?? [];
  const known = SUFFIXES[kind].includes(suffix.toLowerCase()) ? suffix : `.${kind}`;
  return (
    Array.from(stem || 'image')
      .slice(0, LIMIT - known.length)
      .join('') + known
  );
}

const SUFFIXES: Readonly<Record<ImageKind, readonly string[]>> = {
  jpg: ['.jpg', '.jpeg'],
  png: ['.png'],
  bmp: ['.bmp'],
};

/** Characters (contract 1.3). */
const LIMIT = 150;
