import { hosts as liveHosts, originOf } from '@coupon-media/apiv3';
import { type ClientOptions, OptionError } from '@coupon-media/client';
import { CommandError } from '../shell/failure.js';
import { pemOf } from './keys.js';
import type { Profile } from './profile.js';
import { type GivenSetting, type ProfileSetting, type ProfileSettingName, settings } from './settings.js';

/** Origins, main first, as the client reads them. */
export function hostsOf({ values }: Profile): readonly string[] {
  return values.hosts
    ? values.hosts.value.split(',').map((host) => originOf(host) ?? host.trim())
    : liveHosts;
}

/** The mchid or brand id. @throws CommandError if neither is given */
export function callerOf({ values }: Profile): string {
  const given = values.mchid ?? values.brandId;
  if (given) return given.value;
  throw missing('mchid');
}

/**
 * The options of a client. Keys are given as texts, read once, since their files may be pipes.
 *
 * @throws CommandError that names a missing setting and every way to give it
 */
function clientOptions(profile: Profile): ClientOptions {
  const { values } = profile;
  callerOf(profile);
  if (!values.privateKey) throw missing('privateKey');
  if (!values.certificate && !values.certificateSerialNo) throw missing('certificateSerialNo');
  const publicKeys = publicKeysOf(profile);
  const platform = values.platformCertificate;
  return {
    hosts: hostsOf(profile),
    mchid: values.brandId ? undefined : values.mchid?.value,
    brandId: values.brandId?.value,
    certificateSerialNo: values.certificateSerialNo?.value,
    certificate: values.certificate && pemOf(values.certificate),
    privateKey: pemOf(values.privateKey),
    nextCertificates: profile.nextCertificates,
    wechatPayPublicKeys: publicKeys,
    wechatPayCertificates: platform ? [pemOf(platform)] : [],
    apiV3Key: values.apiV3Key?.value,
  };
}

function publicKeysOf({ values }: Profile): NonNullable<ClientOptions['wechatPayPublicKeys']> {
  const { wechatPayPublicKeyId: id, wechatPayPublicKey: key, platformCertificate, apiV3Key } = values;
  if (!id && !key) {
    if (platformCertificate || apiV3Key) return [];
    throw missing('wechatPayPublicKeyId');
  }
  if (!id) throw missing('wechatPayPublicKeyId');
  if (!key) throw missing('wechatPayPublicKey');
  return [{ id: id.value, publicKey: pemOf(key) }];
}

function missing(name: ProfileSettingName): CommandError {
  const { variable, keys, pathKey, flag }: ProfileSetting = settings[name];
  const key = pathKey ?? keys[0] ?? name;
  return new CommandError('config.missing', { key, variable, flag: flag ?? '' });
}

/** The setting for each option of the client. */
const SETTING_OF: Readonly<Record<string, ProfileSettingName>> = {
  hosts: 'hosts',
  mchid: 'mchid',
  brandId: 'brandId',
  certificateSerialNo: 'certificateSerialNo',
  certificate: 'certificate',
  privateKey: 'privateKey',
  privateKeyPath: 'privateKey',
  'wechatPayPublicKeys[0].id': 'wechatPayPublicKeyId',
  'wechatPayPublicKeys[0].publicKey': 'wechatPayPublicKey',
  'wechatPayPublicKeys[0].publicKeyPath': 'wechatPayPublicKey',
  'wechatPayCertificates[0]': 'platformCertificate',
  apiV3Key: 'apiV3Key',
};

/** Reports a wrong option of the client by the name under which it was given. */
function settingError(error: OptionError, { values, file }: Profile): CommandError {
  const name = SETTING_OF[error.option.replace(/^hosts\[\d+\]$/, 'hosts')];
  const given: GivenSetting | undefined = name && values[name];
  const where = given?.layer === 'file' ? `${given.name} (${file})` : (given?.name ?? error.option);
  return new CommandError('config.wrong', { where, why: error.remedy });
}

/** Calls `make` with the client options of a profile. A wrong option is reported by the name of its setting. */
export function fromProfile<T>(profile: Profile, make: (options: ClientOptions) => T): T {
  const options = clientOptions(profile);
  try {
    return make(options);
  } catch (error) {
    throw error instanceof OptionError ? settingError(error, profile) : error;
  }
}
