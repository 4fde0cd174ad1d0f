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

/** `CLOCK`: a time that no clock of a sandbox can show. */
export type SandboxErrorCode = 'CLOCK';
