import { constants, existsSync } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { examine } from '../doctor/examine.js';
import { writeWhole } from '../files/write-whole.js';
import { interview } from '../profile/interview.js';
import { type ProfileFlags, profilePath, readProfile } from '../profile/profile.js';
import { printProfile } from '../report/profile.js';
import { checkPath } from '../shell/arguments.js';
import { CommandError, EXIT } from '../shell/failure.js';
import { openPrompt } from '../shell/prompt.js';
import type { Shell } from '../shell/shell.js';

interface InitFlags {
  profile: string;
  force?: true;
}

/** `coupon-media config init`. */
export async function init(shell: Shell, { profile: name, force }: InitFlags): Promise<void> {
  const { err, say, environment } = shell;
  const file = profilePath(checkPath(name, '--profile'), environment);
  if (existsSync(file) && !force) throw new CommandError('config.exists', { file }, EXIT.misconfigured);
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Better known before eight questions are answered than after them.
  await access(folder, constants.W_OK);
  const prompt = openPrompt();
  const content = await interview(prompt.next, shell).finally(prompt.end);
  await writeWhole(file, `${JSON.stringify(content, null, 2)}\n`, 0o600);
  err.lines('', say('config.written', { file }), '');
  process.exitCode = await examine(readProfile({ profile: file }, {}), shell, {});
}

/** `coupon-media config show`. */
export function show(shell: Shell, flags: ProfileFlags & { json?: true }): void {
  printProfile(readProfile(flags, shell.environment), flags, shell);
}
