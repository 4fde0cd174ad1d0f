/** How much a journal holds. What is older gives way. */
export interface JournalLimits {
  /** Requests. Default: 1,000. */
  readonly requests?: number | undefined;
  /** Bytes of all bodies. Default: 64 MiB. Beyond it, of the oldest bodies only the first 16 KiB stay. */
  readonly bytes?: number | undefined;
}
