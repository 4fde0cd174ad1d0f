/** Why files of a folder are not uploaded, although none is wrong. */
export type LeftOutReason = 'other' | 'machine' | 'hidden' | 'link';

/** Files of one form that are left out. */
export interface LeftOut {
  /** Where they were looked for: the given folder or glob. */
  readonly from: string;
  /** Their suffix, as `*.txt`; `*` for files without one; or the name that a machine gave. */
  readonly form: string;
  readonly reason: LeftOutReason;
  /** Files; a folder that was not searched counts as one. */
  count: number;
}

/** Counts files that are left out. */
export class LeftOutCount {
  readonly #counted = new Map<string, LeftOut>();

  add(from: string, form: string, reason: LeftOutReason): void {
    const key = [from, form, reason].join('\0');
    const found = this.#counted.get(key);
    if (found) found.count += 1;
    else this.#counted.set(key, { from, form, reason, count: 1 });
  }

  all(): LeftOut[] {
    return [...this.#counted.values()];
  }
}
