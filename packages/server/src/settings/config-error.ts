import type { Text } from '@coupon-media/apiv3';

export type ConfigErrorCode =
  /** A value is out of its bounds, or of another type. */
  | 'SETTING_INVALID'
  /** A variable is one that an earlier version read. */
  | 'SETTING_RENAMED'
  /** A variable begins with COUPON_MEDIA_, and nothing reads it. */
  | 'SETTING_UNKNOWN'
  /** Some of the engines of a cluster are named, and not all. */
  | 'CLUSTER_INCOMPLETE';

/** The service cannot be configured so. No value that was given is part of what it says, since it may be a password. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code: ConfigErrorCode;
  /** What `message` says, in both languages: one line that names the option or the variable, and what to do. */
  readonly texts: Text;

  constructor(code: ConfigErrorCode, texts: Text) {
    super(texts.en);
    this.code = code;
    this.texts = texts;
  }
}
