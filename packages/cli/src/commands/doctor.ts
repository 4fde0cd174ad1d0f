import { Command } from 'commander';
import { examine } from '../doctor/examine.js';
import { type ProfileFlags, readProfile } from '../profile/profile.js';
import { withProfile } from '../profile/settings.js';
import type { Shell } from '../shell/shell.js';

export function doctorCommand(shell: Shell): Command {
  const { say } = shell;
  const command = new Command('doctor')
    .description(say('doctor.description'))
    .option('--json', say('doctor.json'));
  return withProfile(command, say)
    .addHelpText('after', `\n${say('doctor.help')}`)
    .action((flags: ProfileFlags & { json?: true }) => doctor(flags, shell));
}

async function doctor(flags: ProfileFlags & { json?: true }, shell: Shell): Promise<void> {
  const profile = readProfile(flags, shell.environment);
  if (profile.isSandboxFallback)
    shell.err.lines(shell.say('config.sandboxUsed', { file: profile.file ?? '' }));
  process.exitCode = await examine(profile, shell, flags);
}
