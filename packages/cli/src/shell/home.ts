import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/**
 * Replaces `~` at the beginning by the home folder, for paths that no shell has read: those of a profile, a variable, or an
 * option after `=`. A file with exactly this name is taken as it is.
 */
export function withHome(text: string): string {
  if (!/^~(?=$|[\\/])/.test(text) || existsSync(text)) return text;
  return path.join(homedir(), text.slice(1));
}
