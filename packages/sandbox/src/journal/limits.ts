import { SandboxError } from '../run/sandbox-error.js';

/** How much a journal holds. What is older gives way. */
export interface JournalLimits {
  /** Requests. Default: 1,000. 0: nothing is kept, and `onRequest` hears nothing. */
  readonly requests?: number | undefined;
  /** Bytes of all bodies. Default: 64 MiB. Beyond it, of the oldest bodies only the first 16 KiB stay. */
  readonly bytes?: number | undefined;
}

/** @throws SandboxError if a limit is no whole number from 0 */
export function checkedLimits({
  requests = 1_000,
  bytes = 64 * 1024 * 1024,
}: JournalLimits): Required<{ [Name in keyof JournalLimits]: number }> {
  for (const [name, value] of Object.entries({ requests, bytes })) {
    if (Number.isSafeInteger(value) && value >= 0) continue;
    throw new SandboxError('JOURNAL', {
      en: `journal.${name} must be a whole number from 0, and is ${value}`,
      'zh-CN': `journal.${name} 应为不小于 0 的整数，当前为 ${value}`,
    });
  }
  return { requests, bytes };
}
