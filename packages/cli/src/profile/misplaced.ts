import { secretLook, toldOrigin } from '@coupon-media/apiv3';
import { CommandError } from '../shell/failure.js';
import type { Given } from './profile.js';
import type { Setting } from './settings.js';

/**
 * A key or a password where a number or an address belongs would be shown with the setting, and sent with every request.
 *
 * @throws CommandError that names the setting
 */
export function checkMisplaced({ value, name: where }: Given, { secret, pathKey, variable }: Setting): void {
  if (secret || pathKey !== undefined || SERIAL.test(value)) return;
  const what = secretLook(value);
  if (what) throw new CommandError('config.misplaced', { where, what });
  if (variable !== HOSTS) return;
  const wrong = value.split(',').find((host) => !ORIGIN.test(host.trim()));
  if (wrong !== undefined)
    throw new CommandError('config.notAnOrigin', { where, what: toldOrigin(wrong.trim()) });
}

/** Hex digits in such a number that keys have as many (contract 2.7). */
const SERIAL = /^[0-9a-f]{8,40}$/i;

/** The setting that is an address. What has no address's form is a password, or a name that lacks its protocol. */
const HOSTS = 'COUPON_MEDIA_BASE_URL';
const ORIGIN = /^https?:\/\/[^@\s]+$/i;
