/** Something that reads bytes which others wrote, and what has to hold of it. */
export interface Target {
  name: string;
  /** What means something in such bytes. */
  words: readonly string[];
  /**
   * Reads them as the product does.
   *
   * @throws whatever must not be: the rule that was broken, or what the reader let through
   */
  read(bytes: Buffer): void | Promise<void>;
}

/** Ends the reading of bytes with the rule that they break. */
export function broken(rule: string): never {
  throw new Error(rule);
}
