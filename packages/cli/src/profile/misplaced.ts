import { describeSecret, redactedOrigin } from '@coupon-media/apiv3';
import { CommandError } from '../shell/failure.js';
import type { GivenSetting, ProfileSetting } from './settings.js';

/**
 * Refuses a key or a password given as a number or an address: it would be shown with the setting and sent with every request.
 *
 * @throws CommandError that names the setting
 */
export function checkMisplaced(
  { value, name: where }: GivenSetting,
  { secret, pathKey, variable }: ProfileSetting,
): void {
  if (secret || pathKey !== undefined || SERIAL.test(value)) return;
  const what = describeSecret(value);
  if (what) throw new CommandError('config.misplaced', { where, what });
  if (variable !== HOSTS) return;
  const wrong = value.split(',').find((host) => !ORIGIN.test(host.trim()));
  if (wrong !== undefined)
    throw new CommandError('config.notAnOrigin', { where, what: redactedOrigin(wrong.trim()) });
}

/** A serial, which may have as many hex digits as a key (contract 2.7). */
const SERIAL = /^[0-9a-f]{8,40}$/i;

/** The variable of the setting that is an address. Other text there is a password, or a host name without a protocol. */
const HOSTS = 'COUPON_MEDIA_BASE_URL';
const ORIGIN = /^https?:\/\/[^@\s]+$/i;
