import {
  type Certificate,
  loadCertificate,
  loadPrivateKey,
  loadPublicKey,
  type PrivateKey,
  type PublicKey,
} from '@coupon-media/apiv3';
import { readKeyFile } from '../files/key-file.js';
import type { Profile } from './profile.js';
import type { GivenSetting, ProfileSettingName } from './settings.js';

/** The readable keys of a profile. */
export interface ProfileKeys {
  privateKey?: PrivateKey;
  certificate?: Certificate;
  publicKey?: PublicKey;
  platformCertificate?: Certificate;
  /** The settings whose keys could not be read, with the errors. */
  problems: readonly { name: ProfileSettingName; given: GivenSetting; error: unknown }[];
}

/** Reads the keys that there are, for commands that need only some of them. */
export function readKeys({ values }: Profile): ProfileKeys {
  const problems: { name: ProfileSettingName; given: GivenSetting; error: unknown }[] = [];
  function read<Name extends keyof typeof FIELDS>(name: Name) {
    const given = values[name];
    if (!given) return undefined;
    const [field, load] = FIELDS[name];
    try {
      return { [field]: load(pemOf(given)) };
    } catch (error) {
      problems.push({ name, given, error });
      return undefined;
    }
  }
  return {
    ...read('privateKey'),
    ...read('certificate'),
    ...read('wechatPayPublicKey'),
    ...read('platformCertificate'),
    problems,
  };
}

const FIELDS = {
  privateKey: ['privateKey', loadPrivateKey],
  certificate: ['certificate', loadCertificate],
  wechatPayPublicKey: ['publicKey', loadPublicKey],
  platformCertificate: ['platformCertificate', loadCertificate],
} as const;

/**
 * @returns PEM text, or base64 of it, from wherever the setting has it
 * @throws CommandError if the file cannot be read
 */
export function pemOf({ value, typed, isPath, name }: GivenSetting): string {
  return isPath ? readKeyFile(typed, name, value) : value;
}
