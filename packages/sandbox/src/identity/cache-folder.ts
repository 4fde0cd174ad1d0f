import { homedir } from 'node:os';
import path from 'node:path';

/**
 * The folder in which the sandboxes of this user keep their keys, by the convention of the operating system.
 *
 * @returns an absolute path; undefined if the user has no home
 */
export function cacheFolder(): string | undefined {
  const { env, platform } = process;
  const home = homedirOrNone();
  const bases = {
    win32: env.LOCALAPPDATA,
    darwin: home && path.join(home, 'Library', 'Caches'),
  };
  const base =
    platform === 'win32' || platform === 'darwin'
      ? bases[platform]
      : // The XDG specification asks for a relative path to be ignored.
        isAbsolute(env.XDG_CACHE_HOME)
        ? env.XDG_CACHE_HOME
        : home && path.join(home, '.cache');
  return base ? path.join(base, 'coupon-media', 'sandbox') : undefined;
}

function isAbsolute(folder: string | undefined): folder is string {
  return folder !== undefined && path.isAbsolute(folder);
}

function homedirOrNone(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}
