import { BilingualError, knowInstances, type Text } from '@coupon-media/apiv3';

/** A relay cannot be started as it is configured. The message names the place and what to write there. */
export class RelayError extends BilingualError {
  override readonly name = 'RelayError';
  readonly code: RelayErrorCode;

  constructor(code: RelayErrorCode, texts: Text, options?: ErrorOptions) {
    super(texts, options);
    this.code = code;
  }
}
knowInstances('@coupon-media/relay', { RelayError });

/**
 * `ACCOUNTS_MISSING`: no file of accounts is named. `ACCOUNTS_UNREADABLE`: the file cannot be read, or is not JSON. `ACCOUNTS_WRONG`: what
 * it says cannot be used; the message names the place. `ACCOUNT_UNUSABLE`: the client refuses an account's profile or keys. `ADDRESS_OPEN`:
 * others could reach the relay without TLS. `TLS_UNUSABLE`: certificate or key of its port is missing.
 */
export type RelayErrorCode =
  | 'ACCOUNTS_MISSING'
  | 'ACCOUNTS_UNREADABLE'
  | 'ACCOUNTS_WRONG'
  | 'ACCOUNT_UNUSABLE'
  | 'ADDRESS_OPEN'
  | 'TLS_UNUSABLE';
