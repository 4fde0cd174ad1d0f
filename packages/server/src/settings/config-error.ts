import { BilingualError, knowInstances, type Text } from '@coupon-media/apiv3';

export type ConfigErrorCode =
  /** A value is out of bounds or of the wrong type. */
  | 'SETTING_INVALID'
  /** A variable has a name that an earlier version read. */
  | 'SETTING_RENAMED'
  /** A variable begins with COUPON_MEDIA_ but no setting has this name. */
  | 'SETTING_UNKNOWN'
  /** Some engines of a cluster are configured, but not all. */
  | 'CLUSTER_INCOMPLETE';

/** The configuration is wrong. The message contains no value that was given, since a value may be a password. */
export class ConfigError extends BilingualError {
  override readonly name = 'ConfigError';
  readonly code: ConfigErrorCode;

  /** @param texts one line that names the option or the variable, and what to do */
  constructor(code: ConfigErrorCode, texts: Text) {
    super(texts);
    this.code = code;
  }
}
knowInstances('@coupon-media/server', { ConfigError });
