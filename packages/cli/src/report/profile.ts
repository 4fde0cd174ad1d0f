import type { Profile } from '../profile/profile.js';
import { type Setting, type SettingName, settingNames, settings } from '../profile/settings.js';
import type { Shell } from '../shell.js';
import { padded, visible } from '../terminal/text.js';

/** Shows every setting with where it came from; of secrets only that they are there. */
export function tellProfile(profile: Profile, { json }: { json?: true }, shell: Shell): void {
  const rows = settingNames.map((name) => rowOf(profile, name, shell.say('config.hidden')));
  if (json) shell.out.lines(JSON.stringify({ file: profile.file, settings: rows }, null, 2));
  else tellRows(rows, profile, shell);
}

function tellRows(rows: readonly SettingRow[], profile: Profile, { out, err, say }: Shell): void {
  if (profile.isSandboxFallback) err.lines(say('config.sandboxUsed', { file: profile.file ?? '' }));
  const names = Math.max(...settingNames.map((name) => name.length));
  for (const { setting, value, from } of rows) {
    const told = value === undefined ? out.style.faint(say('config.notSet')) : visible(value);
    out.lines(`${padded(setting, names)}  ${told}${from ? out.style.faint(`  (${from})`) : ''}`);
  }
  for (const key of profile.unknownKeys) out.lines(out.style.note(say('config.unknownKey', { key })));
}

interface SettingRow {
  setting: SettingName;
  value: string | undefined;
  from: string | undefined;
}

function rowOf({ values, file }: Profile, name: SettingName, hidden: string): SettingRow {
  const given = values[name];
  const { secret }: Setting = settings[name];
  const from = given?.layer === 'file' ? file : given?.name;
  // A path is no secret; what stands in its file is.
  return { setting: name, value: given && secret && !given.isPath ? hidden : shown(given?.value), from };
}

/** PEM text in one line. */
function shown(value: string | undefined): string | undefined {
  return value?.includes('-----BEGIN') ? value.replace(/\s+/g, ' ').slice(0, 40).concat('…') : value;
}
