import { isDeepStrictEqual } from 'node:util';
import { isLoopbackUrl } from '@coupon-media/apiv3';
import { createClient } from '@coupon-media/client';
import { fromProfile, hostsOf } from '#cli/profile/identity.js';
import { readKeys } from '#cli/profile/keys.js';
import { type Profile, readProfile } from '#cli/profile/profile.js';
import { settingRows } from '#cli/profile/settings.js';
import { printProfile } from '#cli/report/profile.js';
import { CANARY, CANARY_PEM, CANARY_SETTINGS } from './canary.js';
import { written } from './folder.js';
import { readOrRefused, tellRefusal } from './refusals.js';
import { shells } from './screens.js';
import { broken, type Target } from './target.js';

const KEYS = settingRows.flatMap(([, { keys, pathKey }]) => [...keys, ...(pathKey ? [pathKey] : [])]);

export const profile: Target = {
  name: 'profile',
  words: [
    ...KEYS.map((key) => `"${key}":`),
    JSON.stringify(CANARY_PEM),
    ...CANARY_SETTINGS,
    `"${CANARY}"`,
    `"https://operator:${CANARY}@img.example"`,
    ...[
      '"1900000001"',
      '"PUB_KEY_ID_0119000000012025"',
      '"http://127.0.0.1:8787"',
      '"http://[::1]:1,https://a.example"',
    ],
    ...[
      '"7777777777777777777777777777777777777777"',
      '["https://a.example","https://b.example"]',
      '"../key.pem"',
      '"key.pem"',
    ],
    ...[
      '{',
      '}',
      ',',
      ':',
      '[',
      ']',
      'null',
      'true',
      '0',
      '""',
      '\ufeff',
      '"__proto__":',
      '"\\u001b[2J"',
      '"\\u202e\\n"',
    ],
  ],
  async read(bytes) {
    const file = written('profile.json', bytes);
    const read = await readOrRefused(() => readProfile({ profile: file }, {}));
    if (!read) return;
    for (const shell of shells) {
      printProfile(read, {}, shell);
      printProfile(read, { json: true }, shell);
      shell.look();
    }
    if (hostsOf(read).length === 0) broken('no host');
    for (const host of hostsOf(read)) isLoopbackUrl(host);
    for (const { error } of readKeys(read).problems) tellTrouble(error);
    await readOrRefused(() => void fromProfile(read, createClient));
    readAgain(read, file);
  },
};

/** A key that cannot be read is told like any failure, whatever its class. */
function tellTrouble(error: unknown): void {
  if (error instanceof Error && error.name === 'KeyFormatError') return;
  tellRefusal(error);
}

/** What was read says the same where it is written again. */
function readAgain({ values }: Profile, file: string): void {
  const given = Object.values(values);
  const content = Object.fromEntries(given.map(({ name, typed }) => [name, typed]));
  written('profile.json', JSON.stringify(content));
  const again = readProfile({ profile: file }, {});
  if (!isDeepStrictEqual(again.values, values)) broken('a profile that was written says something else');
}
