import { examine } from '../doctor/examine.js';
import { type ProfileFlags, readProfile } from '../profile/profile.js';
import type { Shell } from '../shell/shell.js';

/** `coupon-media doctor`. */
export async function doctor(shell: Shell, flags: ProfileFlags & { json?: true }): Promise<void> {
  const profile = readProfile(flags, shell.environment);
  if (profile.isSandboxFallback)
    shell.err.lines(shell.say('config.sandboxUsed', { file: profile.file ?? '' }));
  process.exitCode = await examine(profile, shell, flags);
}
