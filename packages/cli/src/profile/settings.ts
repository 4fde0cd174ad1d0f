import { describeSecret, redactedOrigin } from '@coupon-media/apiv3';
import { type Command, Option } from 'commander';
import type { MessageKey, Say } from '../messages/messages.js';
import { CommandError } from '../shell/failure.js';

/** One setting with its names in a profile file, in the environment and on the command line. */
export interface ProfileSetting {
  /** Keys of a profile file that hold it as text. */
  readonly keys: readonly string[];
  /** Key of a profile file that holds the path of a file with it, relative to the profile. */
  readonly pathKey?: string;
  /** Variable that holds it as text, or the path of a PEM file. */
  readonly variable: string;
  /** A secret has no flag, since others can see command lines. For PEM, a flag takes a path. */
  readonly flag?: string;
  readonly argument?: string;
  readonly description: MessageKey;
  /** Whether its text must not be shown. */
  readonly secret?: true;
}

/** All settings of a profile, in the order of the output. */
export const settings = {
  hosts: {
    keys: ['baseUrl', 'hosts'],
    variable: 'COUPON_MEDIA_BASE_URL',
    flag: '--base-url',
    argument: '<url>',
    description: 'setting.hosts',
  },
  mchid: {
    keys: ['mchid'],
    variable: 'COUPON_MEDIA_MCHID',
    flag: '--mchid',
    argument: '<id>',
    description: 'setting.mchid',
  },
  brandId: {
    keys: ['brandId'],
    variable: 'COUPON_MEDIA_BRAND_ID',
    flag: '--brand-id',
    argument: '<id>',
    description: 'setting.brandId',
  },
  privateKey: {
    keys: ['privateKey'],
    pathKey: 'privateKeyPath',
    variable: 'COUPON_MEDIA_PRIVATE_KEY',
    flag: '--private-key',
    argument: '<file>',
    description: 'setting.privateKey',
    secret: true,
  },
  certificate: {
    keys: ['certificate'],
    pathKey: 'certificatePath',
    variable: 'COUPON_MEDIA_CERTIFICATE',
    flag: '--certificate',
    argument: '<file>',
    description: 'setting.certificate',
  },
  certificateSerialNo: {
    keys: ['certificateSerialNo'],
    variable: 'COUPON_MEDIA_CERTIFICATE_SERIAL_NO',
    flag: '--serial',
    argument: '<hex>',
    description: 'setting.certificateSerialNo',
  },
  wechatPayPublicKeyId: {
    keys: ['wechatPayPublicKeyId'],
    variable: 'COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY_ID',
    flag: '--public-key-id',
    argument: '<id>',
    description: 'setting.wechatPayPublicKeyId',
  },
  wechatPayPublicKey: {
    keys: ['wechatPayPublicKey'],
    pathKey: 'wechatPayPublicKeyPath',
    variable: 'COUPON_MEDIA_WECHAT_PAY_PUBLIC_KEY',
    flag: '--public-key',
    argument: '<file>',
    description: 'setting.wechatPayPublicKey',
  },
  platformCertificate: {
    keys: ['platformCertificate'],
    pathKey: 'platformCertificatePath',
    variable: 'COUPON_MEDIA_PLATFORM_CERTIFICATE',
    flag: '--platform-certificate',
    argument: '<file>',
    description: 'setting.platformCertificate',
  },
  apiV3Key: {
    keys: ['apiV3Key'],
    variable: 'COUPON_MEDIA_API_V3_KEY',
    description: 'setting.apiV3Key',
    secret: true,
  },
} as const satisfies Record<string, ProfileSetting>;

export type ProfileSettingName = keyof typeof settings;

export const settingNames = Object.keys(settings) as ProfileSettingName[];

/** The settings as rows of one type. */
export const settingRows: readonly (readonly [ProfileSettingName, ProfileSetting])[] = settingNames.map(
  (name) => [name, settings[name]],
);

/** The source of a value, the weakest first. */
export type Layer = 'file' | 'environment' | 'flag';

/** A setting with its given value. */
export interface GivenSetting {
  /** The text, or the absolute path of a file that holds it. */
  readonly value: string;
  /** The text as typed. It decides whether a message may show a path that does not exist. */
  readonly typed: string;
  readonly isPath: boolean;
  readonly layer: Layer;
  /** The name by which it was given: `--mchid`, `COUPON_MEDIA_MCHID`, `mchid`. */
  readonly name: string;
}

export type Values = Readonly<Partial<Record<ProfileSettingName, GivenSetting>>>;

/** Adds the options for the caller, the keys and the hosts to a command. */
export function withProfile(command: Command, say: Say): Command {
  command.addOption(new Option('--profile <file>', say('option.profile')));
  for (const [name, { flag, argument, description }] of settingRows) {
    if (!flag) continue;
    const option = new Option(`${flag} ${argument}`, say(description));
    // Stored under the name of the setting, whatever the name of the flag.
    option.attributeName = () => name;
    command.addOption(option);
  }
  return command;
}

/**
 * Refuses a key or a password given as a number or an address: it would be shown with the setting and sent with every request.
 *
 * @throws CommandError that names the setting
 */
export function checkMisplaced(
  { value, name: where }: GivenSetting,
  { secret, pathKey, variable }: ProfileSetting,
): void {
  if (secret || pathKey !== undefined || SERIAL.test(value)) return;
  const what = describeSecret(value);
  if (what) throw new CommandError('config.misplaced', { where, what });
  if (variable !== HOSTS) return;
  const wrong = value.split(',').find((host) => !ORIGIN.test(host.trim()));
  if (wrong !== undefined)
    throw new CommandError('config.notAnOrigin', { where, what: redactedOrigin(wrong.trim()) });
}

/** A serial, which may have as many hex digits as a key (contract 2.7). */
const SERIAL = /^[0-9a-f]{8,40}$/i;

/** The variable of the setting that is an address. Other text there is a password, or a host name without a protocol. */
const HOSTS = 'COUPON_MEDIA_BASE_URL';
const ORIGIN = /^https?:\/\/[^@\s]+$/i;
