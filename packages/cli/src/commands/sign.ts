import { Command } from 'commander';
import { readBytes } from '../capture/files.js';
import { type ProfileFlags, readProfile } from '../profile/profile.js';
import { withProfile } from '../profile/settings.js';
import { signAs } from '../profile/sign.js';
import { checkRequestPart, numberOption } from '../shell/arguments.js';
import type { Shell } from '../shell/shell.js';
import { messageLines } from '../terminal/style.js';

interface Flags extends ProfileFlags {
  body?: string;
  text?: string;
  timestamp?: number;
  nonce?: string;
  json?: true;
}

export function signCommand(shell: Shell): Command {
  const { say } = shell;
  const command = new Command('sign')
    .description(say('sign.description'))
    .argument('<method>', say('explain.method'))
    .argument('<url>', say('sign.url'))
    .option('--body <file>', say('sign.body'))
    .option('--text <text>', say('sign.text'))
    .addOption(numberOption('--timestamp <seconds>', say('sign.timestamp'), [0, 9_999_999_999]))
    .option('--nonce <text>', say('sign.nonce'))
    .option('--json', say('sign.json'));
  return withProfile(command, say).action((method: string, url: string, flags: Flags) =>
    sign(method, url, flags, shell),
  );
}

async function sign(
  method: string,
  url: string,
  flags: Flags,
  { environment, out, say }: Shell,
): Promise<void> {
  const { body: file, text = '', timestamp, nonce, json } = flags;
  checkRequestPart('method', method, '<method>');
  checkRequestPart('url', url, '<url>');
  checkRequestPart('text', text, '--text');
  const body = file === undefined ? text : await readBytes(file, '--body');
  const profile = readProfile(flags, environment);
  const { message, ...signed } = await signAs(profile, { method, url, body, timestamp, nonce });
  if (json) return out.json({ message: message.toString(), ...signed });
  const { strong } = out.style;
  out.lines(
    strong(say('sign.message', { bytes: message.length })),
    ...messageLines(message, out.style),
    ...[strong('SHA-256'), `  ${signed.sha256}`],
    ...[strong(say('sign.signature')), `  ${signed.signature}`],
    ...[strong('Authorization'), `  ${signed.authorization}`],
  );
}
