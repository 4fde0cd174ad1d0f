import { secretLook } from '@coupon-media/apiv3';
import { CommandError } from '../failure.js';
import type { Given } from './profile.js';
import type { Setting } from './settings.js';

/**
 * A key or a password where a number or an address belongs would be shown with the setting, and sent with every request.
 *
 * @throws CommandError that names the setting
 */
export function checkMisplaced({ value, name: where }: Given, { secret, pathKey }: Setting): void {
  if (secret || pathKey !== undefined || SERIAL.test(value)) return;
  const what = secretLook(value);
  if (what) throw new CommandError('config.misplaced', { where, what });
}

/** Hex digits in such a number that keys have as many (contract 2.7). */
const SERIAL = /^[0-9a-f]{8,40}$/i;
