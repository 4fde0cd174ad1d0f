import {
  describeSecret,
  isUnambiguousUrl,
  pathFault,
  type Text,
  unambiguousUrlRule,
} from '@coupon-media/apiv3/words';

/** A type of value: how its text is parsed, and how its bounds are described. */
export interface Kind<T> {
  /** The placeholder for the value of an option: `<n>`, `<url>`. */
  readonly placeholder: string;
  /** Completes the sentence "must be …" with type, bounds and unit. */
  readonly values: Text;
  /** @returns undefined if the text is not a valid value */
  read(text: string): T | undefined;
}

/** The units of numbers. */
const UNITS = {
  days: { en: 'days', 'zh-CN': '天' },
  seconds: { en: 'seconds', 'zh-CN': '秒' },
  milliseconds: { en: 'milliseconds', 'zh-CN': '毫秒' },
  mebibytes: { en: 'MiB', 'zh-CN': 'MiB' },
  bytesPerSecond: { en: 'bytes per second', 'zh-CN': '字节/秒' },
  uploadsPerSecond: { en: 'uploads per second', 'zh-CN': '次/秒' },
  connections: { en: 'connections', 'zh-CN': '个连接' },
} as const satisfies Record<string, Text>;

type Unit = keyof typeof UNITS;

export function wholeNumber(least: number, most: number, unit?: Unit): Kind<number> {
  return numberOf(/^\d+$/, { en: 'a whole number', 'zh-CN': '整数' }, least, most, unit);
}

export function decimalNumber(least: number, most: number, unit?: Unit): Kind<number> {
  return numberOf(/^\d+(\.\d+)?$/, { en: 'a number', 'zh-CN': '数字' }, least, most, unit);
}

function numberOf(form: RegExp, name: Text, least: number, most: number, unit?: Unit): Kind<number> {
  const counted = unit && UNITS[unit];
  return {
    placeholder: '<n>',
    values: {
      en: `${name.en}${counted ? ` of ${counted.en}` : ''}, ${least} to ${most}`,
      'zh-CN': `${name['zh-CN']}，${least} 到 ${most}${counted ? ` ${counted['zh-CN']}` : ''}`,
    },
    read(text) {
      const value = form.test(text) ? Number(text) : Number.NaN;
      return value >= least && value <= most ? value : undefined;
    },
  };
}

export function oneOf<const T extends string>(...values: readonly T[]): Kind<T> {
  return {
    placeholder: '<name>',
    values: { en: values.join(' | '), 'zh-CN': values.join(' | ') },
    read: (text) => values.find((value) => value === text),
  };
}

export const trueOrFalse: Kind<boolean> = {
  placeholder: '[true|false]', // the option alone means true
  values: { en: 'true | false', 'zh-CN': 'true | false' },
  read: (text) => ({ true: true, false: false })[text.toLowerCase()],
};

/**
 * The URL of an engine, possibly with a password. Everything after the protocol is for the engine's driver to judge.
 */
export function urlOf(...protocols: readonly string[]): Kind<string> {
  return textOf('<url>', unambiguousUrlRule(protocols), (text) => isUnambiguousUrl(text, protocols));
}

/** The URL of an engine whose driver connects to one host. Other programs take several, with commas between them. */
export function urlOfOneHost(...protocols: readonly string[]): Kind<string> {
  const { en, 'zh-CN': zh } = unambiguousUrlRule(protocols);
  const values = {
    en: `${en}; one host, so behind it is what follows the primary`,
    'zh-CN': `${zh}；只写一个主机，由它指向主库`,
  };
  const namesOne = (text: string) => !/^[^/]*\/\/[^/?#]*,|[?&]host=[^&]*(,|%2c)/i.test(text);
  return textOf('<url>', values, (text) => isUnambiguousUrl(text, protocols) && namesOne(text));
}

/**
 * The beginning of image URLs. A whole URL with the image's name may have 256 characters. A `/` at the end is removed.
 */
export const imageOrigin: Kind<string> = {
  placeholder: '<url>',
  values: {
    en: 'an http:// or https:// URL of at most 150 characters, without user, query or fragment',
    'zh-CN': '不超过 150 个字符的 http:// 或 https:// URL，不含用户名、查询参数和片段',
  },
  read(text) {
    const isUsable = /^https?:\/\/[^?#@\s]+$/.test(text) && text.length <= 150 && URL.canParse(text);
    return isUsable ? text.replace(/\/+$/, '') : undefined;
  },
};

/** The path of a folder. Keys, PEM texts and URLs are rejected, because each would become the name of a folder. */
export const folder: Kind<string> = textOf(
  '<dir>',
  { en: 'the path of a folder', 'zh-CN': '目录路径' },
  (text) => !/:\/\/|[\0\r\n]/.test(text) && pathFault(text) === undefined,
);

/** The path of a file that must exist when it is needed. Keys and PEM texts are rejected, as for a folder. */
export const file: Kind<string> = textOf(
  '<file>',
  { en: 'the path of a file', 'zh-CN': '文件路径' },
  (text) => !/:\/\/|[\0\r\n]/.test(text) && pathFault(text) === undefined,
);

/** Host names with commas between them. */
export const hostNames: Kind<readonly string[]> = listOf(
  { en: 'host names with commas between them', 'zh-CN': '主机名，用逗号分隔' },
  (name) => /^[^\s/,:]{1,253}$/.test(name) && describeSecret(name) === undefined,
);

/** Beginnings of https URLs with commas between them. */
export const secureUrls: Kind<readonly string[]> = listOf(
  {
    en: 'https:// URLs without user, query or fragment, with commas between them',
    'zh-CN': 'https:// URL，不含用户名、查询参数和片段，用逗号分隔',
  },
  (text) => /^https:\/\/[^/?#\s@]+[^?#\s]*$/.test(text) && URL.canParse(text),
);

function listOf(values: Text, isOne: (text: string) => boolean): Kind<readonly string[]> {
  return {
    placeholder: '<list>',
    values,
    read(text) {
      const items = text.split(',').map((item) => item.trim());
      return items.every(isOne) ? items : undefined;
    },
  };
}

/** A password as it is, without escapes. */
export const password: Kind<string> = textOf(
  '<text>',
  { en: 'a password on one line', 'zh-CN': '一行密码' },
  (text) => !/[\0\r\n]/.test(text),
);

export const host: Kind<string> = textOf(
  '<address>',
  { en: 'an address or a host name', 'zh-CN': '地址或主机名' },
  (text) => /^[^\s/]{1,253}$/.test(text) && describeSecret(text) === undefined,
);

export const bucketName: Kind<string> = textOf(
  '<name>',
  { en: 'the name of a bucket', 'zh-CN': '存储桶名称' },
  (text) => /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(text),
);

/** A name that AWS gave, for example of a region or a key. */
export const word: Kind<string> = textOf(
  '<name>',
  { en: 'a name without spaces', 'zh-CN': '不含空格的名称' },
  (text) => /^\S+$/.test(text) && describeSecret(text) === undefined,
);

function textOf(placeholder: string, values: Text, isUsable: (text: string) => boolean): Kind<string> {
  return { placeholder, values, read: (text) => (text !== '' && isUsable(text) ? text : undefined) };
}
