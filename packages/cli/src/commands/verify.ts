import { Command } from 'commander';
import { readBytes, readCaptures } from '../capture/files.js';
import { FAULT_TEXTS, verifyCapture } from '../capture/verify.js';
import { readKeys } from '../profile/keys.js';
import { type ProfileFlags, readProfile } from '../profile/profile.js';
import { withProfile } from '../profile/settings.js';
import { numberOption } from '../shell/arguments.js';
import { EXIT } from '../shell/failure.js';
import type { Shell } from '../shell/shell.js';
import { messageLines } from '../terminal/style.js';

interface Flags extends ProfileFlags {
  body?: string;
  now?: number;
  json?: true;
}

export function verifyCommand(shell: Shell): Command {
  const { say } = shell;
  const command = new Command('verify')
    .description(say('verify.description'))
    .argument('<capture...>', say('verify.argument'))
    .option('--body <file>', say('verify.body'))
    .addOption(numberOption('--now <seconds>', say('verify.now'), [0, 9_999_999_999]))
    .option('--json', say('verify.json'));
  return withProfile(command, say)
    .addHelpText('after', `\n${say('verify.help')}`)
    .action((files: string[], flags: Flags) => verify(files, flags, shell));
}

async function verify(files: string[], flags: Flags, { environment, out, say }: Shell): Promise<void> {
  const capture = await readCaptures(files);
  const body = flags.body === undefined ? undefined : await readBytes(flags.body, '--body');
  const profile = readProfile(flags, environment);
  const options = { body, now: flags.now };
  const { kind, message, key, fault } = await verifyCapture(capture, profile, readKeys(profile), options);
  process.exitCode = fault === undefined ? EXIT.done : EXIT.failed;
  const genuine = fault === undefined;
  if (flags.json) return out.json({ kind, genuine, fault, key, message: message.toString() });
  const { good, bad, strong } = out.style;
  out.lines(
    strong(say('sign.message', { bytes: message.length })),
    ...messageLines(message, out.style),
    genuine
      ? `${good('✓')} ${say('verify.genuine', { key: key })}`
      : `${bad('✗')} ${say(FAULT_TEXTS[fault], { serial: key })}`,
  );
}
