import { readBytes, readCaptures } from '../capture/files.js';
import { FAULT_TEXTS, verifyCapture } from '../capture/verify.js';
import { readKeys } from '../profile/keys.js';
import { type ProfileFlags, readProfile } from '../profile/profile.js';
import { EXIT } from '../shell/failure.js';
import type { Shell } from '../shell/shell.js';
import { messageLines } from '../terminal/style.js';

interface Flags extends ProfileFlags {
  body?: string;
  now?: number;
  json?: true;
}

/** `coupon-media verify`. */
export async function verify({ environment, out, say }: Shell, files: string[], flags: Flags): Promise<void> {
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
