import type { Text } from '@coupon-media/apiv3';

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
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code: ConfigErrorCode;
  /** The message in both languages: one line that names the option or the variable, and the remedy. */
  readonly texts: Text;

  constructor(code: ConfigErrorCode, texts: Text) {
    super(texts.en);
    this.code = code;
    this.texts = texts;
  }
}
