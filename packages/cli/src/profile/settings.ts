import type { MessageKey } from '../messages/messages.js';

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
