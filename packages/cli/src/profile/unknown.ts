import { nearestName } from '@coupon-media/apiv3/words';
import type { Say } from '../messages/messages.js';
import type { Shell } from '../shell/shell.js';
import { KNOWN_KEYS } from './profile-file.js';
import { settingRows } from './settings.js';

const PREFIX = 'COUPON_MEDIA_';

/** The variables of these commands without their prefix; those of the service are in its own package. */
const VARIABLES = [...settingRows.map(([, { variable }]) => variable.slice(PREFIX.length)), 'PROFILE'];

/** The variables of the service that resemble one of these commands. A test compares all of them. */
const RESEMBLING: ReadonlySet<string> = new Set(['DATABASE_URL']);

/**
 * Warns of variables that resemble one of these commands and would be ignored. Others are not reported, since they may be those
 * of the service.
 */
export function warnOfUnknownVariables({ environment, err, say }: Shell): void {
  for (const [name, value] of Object.entries(environment)) {
    const bare = name.slice(PREFIX.length);
    if (!value || !name.startsWith(PREFIX) || VARIABLES.includes(bare) || RESEMBLING.has(bare)) continue;
    const guess = nearestName(bare, VARIABLES);
    if (guess !== undefined)
      err.lines(err.style.note(say('config.unknownVariable', { name, guess: PREFIX + guess })));
  }
}

/** @returns the sentence for a key of a profile that is ignored, with the key that was probably meant */
export function unknownKeyText(key: string, say: Say): string {
  const guess = nearestName(key, [...KNOWN_KEYS]);
  return guess === undefined ? say('config.unknownKey', { key }) : say('config.misspeltKey', { key, guess });
}
