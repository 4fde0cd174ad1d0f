// The entry `@coupon-media/apiv3/words`: what is said to people, without the protocol. A command line loads it for its help.

export { isKeyText } from './key-text.js';
export { nearestName } from './nearest-name.js';
export { fileReasonText } from './reasons.js';
export {
  describeSecret,
  describeText,
  errorText,
  fileErrorReason,
  fileErrorText,
  pathFault,
  redactedOrigin,
} from './redaction.js';
export {
  BilingualError,
  both,
  fill,
  type Language,
  type Text,
  type TextValues,
  withReason,
} from './text.js';
export { isUnambiguousUrl, unambiguousUrlRule } from './url.js';
