import { BilingualError, knowInstances, type Text } from '@coupon-media/apiv3';

/** What is wrong with the options of a sandbox, or with what one of its methods was given. */
export class SandboxError extends BilingualError {
  override readonly name = 'SandboxError';

  constructor(
    readonly code: SandboxErrorCode,
    texts: Text,
    options?: ErrorOptions,
  ) {
    super(texts, options);
  }
}
knowInstances('@coupon-media/sandbox', { SandboxError });

/**
 * `CLOCK`: a time that no clock of a sandbox can show. `FAULT_RULE`: a fault rule that cannot be read; the message names the path of what
 * is wrong in it. `FAULT_NEVER`: one that could never be applied. `FAULT_FILE`: a rule file that cannot be read. `RESPONSES`: a rule of
 * the table of responses is wrong. `NOTIFY`: a notification cannot be made so. `JOURNAL`: a limit of the journal that is none. `DOOR`:
 * the package of the plain door is not installed. What cannot be replayed: `NOT_FOUND` is no request of the journal, or one that gave way to newer ones; of a `DROPPED` one only the beginning is
 * kept; and of an `INCOMPLETE` one the body did not arrive whole.
 */
export type SandboxErrorCode =
  | 'CLOCK'
  | 'FAULT_RULE'
  | 'FAULT_NEVER'
  | 'FAULT_FILE'
  | 'RESPONSES'
  | 'NOTIFY'
  | 'JOURNAL'
  | 'DOOR'
  | 'NOT_FOUND'
  | 'DROPPED'
  | 'INCOMPLETE';
