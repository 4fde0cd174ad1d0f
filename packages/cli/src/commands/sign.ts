import { readBytes } from '../capture/files.js';
import { type ProfileFlags, readProfile } from '../profile/profile.js';
import { signAs } from '../profile/sign.js';
import { checkRequestPart } from '../shell/arguments.js';
import type { Shell } from '../shell/shell.js';
import { messageLines } from '../terminal/style.js';

interface Flags extends ProfileFlags {
  body?: string;
  text?: string;
  timestamp?: number;
  nonce?: string;
  json?: true;
}

/** `coupon-media sign`. */
export async function sign(
  { environment, out, say }: Shell,
  method: string,
  url: string,
  flags: Flags,
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
