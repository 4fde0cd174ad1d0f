import { existsSync } from 'node:fs';
import { isKeyText, isPlainPath } from '@coupon-media/apiv3';
import { OptionError, proxyFor } from '@coupon-media/client';
import { hostsOf } from '../profile/identity.js';
import type { Profile } from '../profile/profile.js';
import {
  type GivenSetting,
  type ProfileSetting,
  type ProfileSettingName,
  settingNames,
  settings,
} from '../profile/settings.js';
import { unknownKeyText } from '../profile/unknown.js';
import type { Shell } from '../shell/shell.js';
import { padded } from '../terminal/text.js';
import { visible } from '../terminal/visible.js';

/** Prints every setting with its source. Of secrets, it prints only that they are set. */
export function printProfile(profile: Profile, { json }: { json?: true }, shell: Shell): void {
  const rows = settingNames.map((name) => rowOf(profile, name, shell));
  if (json) shell.out.json({ file: profile.file, settings: rows, proxy: proxyOf(profile, shell) ?? null }, 2);
  else printRows(rows, profile, shell);
}

function printRows(rows: readonly SettingRow[], profile: Profile, { out, err, say, language }: Shell): void {
  if (profile.isSandboxFallback) err.lines(say('config.sandboxUsed', { file: profile.file ?? '' }));
  const names = Math.max(...settingNames.map((name) => name.length));
  for (const { setting, value, from } of rows) {
    const text = value === undefined ? out.style.faint(say('config.notSet')) : visible(value);
    out.lines(`${padded(setting, names)}  ${text}${from ? out.style.faint(`  (${from})`) : ''}`);
  }
  const proxy = proxyOf(profile, { language, say });
  out.lines(
    `${padded('proxy', names)}  ${proxy === undefined ? out.style.faint(say('doctor.proxy.none')) : visible(proxy)}`,
  );
  for (const key of profile.unknownKeys) out.lines(out.style.note(unknownKeyText(key, say)));
}

/** The proxy of the first host, as an upload chooses it; of a wrong value, what is wrong with it. */
function proxyOf(profile: Profile, { say, language }: Pick<Shell, 'say' | 'language'>): string | undefined {
  try {
    const route = proxyFor(hostsOf(profile)[0] ?? '');
    return route && say('doctor.proxy.ok', { place: route.place, from: route.from });
  } catch (error) {
    return error instanceof OptionError ? error.remedy[language] : undefined;
  }
}

interface SettingRow {
  setting: ProfileSettingName;
  value: string | undefined;
  from: string | undefined;
}

function rowOf({ values, file }: Profile, name: ProfileSettingName, shell: Shell): SettingRow {
  const given = values[name];
  const from = given?.layer === 'file' ? file : given?.name;
  return { setting: name, value: given && shown(given, settings[name], shell), from };
}

/**
 * A path is shown if it is one, since only the content of its file is secret. A certificate that was given as text is hidden,
 * since it may be a key.
 */
function shown({ value, typed, isPath }: GivenSetting, { secret }: ProfileSetting, { say }: Shell): string {
  if (isPath) return isPlainPath(typed) || existsSync(value) ? value : say('config.hiddenPath');
  return secret || isKeyText(value) ? say('config.hidden') : value;
}
