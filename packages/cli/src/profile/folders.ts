import { homedir } from 'node:os';
import path from 'node:path';

/** The folder of profiles: `$XDG_CONFIG_HOME/coupon-media`, by default `~/.config/coupon-media`. */
export function configFolder(environment: NodeJS.ProcessEnv): string {
  return folder(environment.XDG_CONFIG_HOME || environment.APPDATA, '.config');
}

/** The folder of ledgers: `$XDG_STATE_HOME/coupon-media`, by default `~/.local/state/coupon-media`. */
export function stateFolder(environment: NodeJS.ProcessEnv): string {
  return folder(environment.XDG_STATE_HOME || environment.LOCALAPPDATA, '.local', 'state');
}

function folder(base: string | undefined, ...otherwise: readonly string[]): string {
  return path.join(base ?? path.join(homedir(), ...otherwise), 'coupon-media');
}
