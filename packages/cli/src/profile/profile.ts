import { existsSync } from 'node:fs';
import path from 'node:path';
import { isKeyText, isPlainPath } from '@coupon-media/apiv3';
import { checkPath } from '../shell/arguments.js';
import { CommandError, EXIT } from '../shell/failure.js';
import { withHome } from '../shell/home.js';
import { configFolder } from './folders.js';
import { checkMisplaced } from './misplaced.js';
import { type ProfileFile, readLayer } from './profile-file.js';
import { checkSandboxProfile, SANDBOX_PROFILE } from './sandbox-profile.js';
import {
  type GivenSetting,
  type ProfileSetting,
  type ProfileSettingName,
  settingRows,
  type Values,
} from './settings.js';

/** The settings of all layers; each comes from the strongest layer that gives it. */
export interface Profile extends ProfileFile {
  /** The path of the profile file as given, if one was read. */
  readonly file: string | undefined;
  /** Whether nothing was configured and the sandbox in this folder is used. */
  readonly isSandboxFallback: boolean;
}

/** Flags as commander gives them: one per setting that has a flag, and the profile. */
export interface ProfileFlags extends Readonly<Partial<Record<ProfileSettingName, string>>> {
  readonly profile?: string;
}

/**
 * Reads file, environment and flags. Flags take precedence over the environment, and the environment over the file.
 *
 * @throws CommandError if the file is missing or not a profile, or must be named explicitly
 */
export function readProfile(flags: ProfileFlags, environment: NodeJS.ProcessEnv): Profile {
  const stronger = { ...fromEnvironment(environment), ...fromFlags(flags) };
  const { file, isSandboxFallback } = chooseFile(flags, environment, Object.keys(stronger).length === 0);
  const { values, ...rest } = file === undefined ? NO_FILE : readLayer(file);
  if (isSandboxFallback) checkSandboxProfile(SANDBOX_PROFILE, values);
  return { values: { ...values, ...stronger }, file, isSandboxFallback, ...rest };
}

const NO_FILE = { values: {}, unknownKeys: [], nextCertificates: [] };

/** @returns the path of a profile; a bare name means a file in the folder of profiles */
export function profilePath(name: string, environment: NodeJS.ProcessEnv): string {
  const isBare = BARE.test(name) && !name.endsWith('.json') && !existsSync(name);
  return isBare ? path.join(configFolder(environment), `${name}.json`) : name;
}

/** The form of a profile's name. */
const BARE = /^[\w.-]+$/;

function chooseFile(
  flags: ProfileFlags,
  environment: NodeJS.ProcessEnv,
  nothingElse: boolean,
): Pick<Profile, 'file' | 'isSandboxFallback'> {
  const asked = flags.profile ?? environment.COUPON_MEDIA_PROFILE;
  if (asked) {
    const where = flags.profile === undefined ? 'COUPON_MEDIA_PROFILE' : '--profile';
    const file = profilePath(checkPath(asked, where), environment);
    if (!existsSync(file)) throw noSuchProfile(asked, file, where);
    return { file, isSandboxFallback: false };
  }
  const usual = profilePath('default', environment);
  if (existsSync(usual)) return { file: usual, isSandboxFallback: false };
  const isSandboxFallback = nothingElse && existsSync(SANDBOX_PROFILE);
  return { file: isSandboxFallback ? SANDBOX_PROFILE : undefined, isSandboxFallback };
}

/** A text that is neither a plain name nor a plain path may be a password, so it is not repeated. */
function noSuchProfile(asked: string, file: string, where: string): CommandError {
  return BARE.test(asked) || isPlainPath(asked)
    ? new CommandError('config.noSuchProfile', { file }, EXIT.misconfigured)
    : new CommandError('config.noSuchProfileHidden', { where }, EXIT.misconfigured);
}

function fromEnvironment(environment: NodeJS.ProcessEnv): Values {
  return collected(({ variable, pathKey }) => {
    const value = environment[variable];
    if (!value) return undefined;
    const isPath = pathKey !== undefined && !isKeyText(value);
    return { value, typed: value, isPath, name: variable, layer: 'environment' };
  });
}

function fromFlags(flags: ProfileFlags): Values {
  return collected(({ flag, pathKey }, name) => {
    const value = flags[name];
    if (!value || !flag) return undefined;
    return { value, typed: value, isPath: pathKey !== undefined, name: flag, layer: 'flag' };
  });
}

function collected(
  read: (setting: ProfileSetting, name: ProfileSettingName) => GivenSetting | undefined,
): Values {
  const values: Partial<Record<ProfileSettingName, GivenSetting>> = {};
  for (const [name, setting] of settingRows) {
    const given = read(setting, name);
    if (given) {
      checkMisplaced(given, setting);
      values[name] = given.isPath ? { ...given, value: path.resolve(withHome(given.value)) } : given;
    }
  }
  return values;
}
