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
