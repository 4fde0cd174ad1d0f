import { readFileSync } from 'node:fs';
import {
  errorText,
  fileErrorText,
  filled,
  isKeyText,
  isPlainPath,
  keyText,
  pathFault,
  type Text,
  withoutPath,
} from '@coupon-media/apiv3';
import { bytesOf } from './bytes.js';
import { OptionError } from './errors.js';

/** @returns the text of a key that an option gives, or the path of whose file it gives */
export function textOrFile(option: string, value: string): string {
  return isKeyText(value) ? value : fileText(option, value);
}

/**
 * Reads the text of a key file. The given path may be the key itself by mistake, so it appears in no message and in no cause.
 */
export function fileText(option: string, path: string | URL): string {
  const fault = typeof path === 'string' ? pathFault(path) : undefined;
  if (fault) {
    const instead = GIVEN_INSTEAD.find(([form]) => form.test(option))?.[1] ?? TEXTS.pathOrPem;
    throw new OptionError(option, filled(TEXTS.notAPath, { fault, instead }));
  }
  try {
    return keyText(readFileSync(path));
  } catch (cause) {
    const reason = fileErrorText(cause);
    if (typeof path !== 'string' || isPlainPath(path))
      throw new OptionError(option, filled(TEXTS.unreadable, { reason, path: String(path) }), cause);
    throw new OptionError(option, filled(TEXTS.unreadableHidden, { reason }), withoutPath(cause));
  }
}

/** Reads a key by `load`, whose error becomes that of the option. */
export function parsedPem<T>(option: string, pem: string, load: (pem: string) => T, hint?: Text): T {
  try {
    return load(pem);
  } catch (cause) {
    const fault = errorText(cause);
    const isPath = hint !== undefined && !isKeyText(pem);
    throw new OptionError(option, isPath ? filled(TEXTS.withHint, { fault, hint }) : fault, cause);
  }
}

/** Bytes, as `readFileSync` returns them without an encoding, are the key itself and no path. */
export function asText<Other>(given: Other | Uint8Array): Other | string {
  const bytes = bytesOf(given);
  return bytes ? keyText(bytes) : (given as Other);
}

/** The option that takes the key itself, for each option that takes a path. */
const GIVEN_INSTEAD: readonly (readonly [option: RegExp, instead: Text])[] = [
  [
    /privateKeyPath$/,
    {
      'zh-CN': 'PEM 文本或其 base64 请放在 privateKey 中',
      en: 'PEM text, or base64 of it, belongs in privateKey',
    },
  ],
  [
    /publicKeyPath$/,
    {
      'zh-CN': 'PEM 文本或其 base64 请放在 publicKey 中',
      en: 'PEM text, or base64 of it, belongs in publicKey',
    },
  ],
];

const TEXTS = {
  pathOrPem: { 'zh-CN': '请提供路径或 PEM 文本', en: 'give a path, or PEM text' },
  notAPath: { 'zh-CN': '这是{fault}；{instead}', en: 'this is {fault}; {instead}' },
  unreadable: { 'zh-CN': '无法读取：{reason}：{path}', en: 'cannot be read: {reason}: {path}' },
  unreadableHidden: {
    'zh-CN': '无法读取：{reason}；当前值不像密钥文件的路径，已隐藏',
    en: 'cannot be read: {reason}; the given text does not look like the path of a key file and is not repeated here',
  },
  withHint: { 'zh-CN': '{fault}；{hint}', en: '{fault}; {hint}' },
} as const satisfies Record<string, Text>;
