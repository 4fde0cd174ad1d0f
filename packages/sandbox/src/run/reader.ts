import { both, filled, nearestName, type Text } from '@coupon-media/apiv3';
import { ruleError } from '../faults/rule-error.js';

/**
 * Reads a value.
 *
 * @param path where it stands, for errors
 * @throws SandboxError `FAULT_RULE`
 */
export type Read<T> = (given: unknown, path: string) => T;

/** Reads an object, and refuses keys that are not in the table. */
export function object<T extends object>(
  readers: { readonly [Key in keyof T]-?: Read<NonNullable<T[Key]>> },
  required: readonly (keyof T & string)[],
): Read<T> {
  const keys = Object.keys(readers);
  return (given, path) => {
    if (typeof given !== 'object' || given === null || Array.isArray(given))
      throw ruleError(path, TEXTS.object);
    const entries = Object.entries(given).filter(([, value]) => value !== undefined);
    for (const [key] of entries) {
      if (Object.hasOwn(readers, key)) continue;
      const near = nearestName(key, keys);
      const unknown = near === undefined ? TEXTS.unknownKey : TEXTS.misspeltKey;
      throw ruleError(joined(path, key), filled(unknown, { near: near ?? '', keys: keys.join(', ') }));
    }
    for (const key of required)
      if (!entries.some(([name]) => name === key)) throw ruleError(joined(path, key), TEXTS.missing);
    const read = entries.map(([key, value]) => {
      const reader = readers[key as keyof T];
      return [key, reader(value, joined(path, key))];
    });
    return Object.fromEntries(read) as T;
  };
}

export function array<T>(reader: Read<T>): Read<readonly T[]> {
  return (given, path) => {
    if (!Array.isArray(given)) throw ruleError(path, TEXTS.array);
    return given.map((item: unknown, at) => reader(item, `${path}[${at}]`));
  };
}

/** Reads one value or an array of them. */
export function oneOf<T>(single: Read<T>, many: Read<readonly T[]>): Read<T | readonly T[]> {
  return (given, path) => (Array.isArray(given) ? many(given, path) : single(given, path));
}

export function text(form: RegExp, example: string): Read<string> {
  return (given, path) => {
    if (typeof given === 'string' && form.test(given)) return given;
    throw ruleError(path, filled(TEXTS.text, { example: JSON.stringify(example) }));
  };
}

export function number({
  least,
  most,
  whole = false,
}: {
  readonly least: number;
  readonly most: number;
  readonly whole?: boolean;
}): Read<number> {
  return (given, path) => {
    const isOne = typeof given === 'number' && given >= least && given <= most;
    if (isOne && (!whole || Number.isInteger(given))) return given;
    throw ruleError(path, filled(whole ? TEXTS.whole : TEXTS.number, { range: rangeOf(least, most) }));
  };
}

export function choice<const Name extends string>(names: readonly Name[]): Read<Name> {
  return (given, path) => {
    const found = names.find((name) => name === given);
    if (found !== undefined) return found;
    const near = typeof given === 'string' ? nearestName(given, names) : undefined;
    const what = near === undefined ? TEXTS.choice : TEXTS.misspelt;
    throw ruleError(path, filled(what, { near: near ?? '', names: names.join(', ') }));
  };
}

/** Reads an object whose shape one of its keys names. */
export function variant<T>(key: string, shapes: Readonly<Record<string, Read<T>>>): Read<T> {
  const kind = choice(Object.keys(shapes));
  return (given, path) => {
    if (typeof given !== 'object' || given === null) throw ruleError(path, TEXTS.object);
    const read = shapes[kind(Reflect.get(given, key), joined(path, key))];
    if (!read) throw ruleError(path, TEXTS.object);
    return read(given, path);
  };
}

function joined(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function rangeOf(least: number, most: number): Text {
  if (least === Number.MIN_VALUE) return filled(TEXTS.above, { most });
  return most === Number.MAX_SAFE_INTEGER ? filled(TEXTS.from, { least }) : both(`${least} … ${most}`);
}

const TEXTS = {
  object: { en: 'must be an object', 'zh-CN': '应为对象' },
  array: { en: 'must be an array', 'zh-CN': '应为数组' },
  unknownKey: { en: 'there is no such key; there are {keys}', 'zh-CN': '没有这个键；可用的有 {keys}' },
  misspeltKey: {
    en: 'there is no such key; did you mean {near}? There are {keys}',
    'zh-CN': '没有这个键；是不是 {near}？可用的有 {keys}',
  },
  missing: { en: 'is required', 'zh-CN': '必填' },
  text: { en: 'must be a text like {example}', 'zh-CN': '应为 {example} 这样的字符串' },
  number: { en: 'must be a number, {range}', 'zh-CN': '应为数字，{range}' },
  whole: { en: 'must be a whole number, {range}', 'zh-CN': '应为整数，{range}' },
  above: { en: 'above 0 and up to {most}', 'zh-CN': '大于 0，不超过 {most}' },
  from: { en: '{least} or more', 'zh-CN': '{least} 或以上' },
  choice: { en: 'must be one of {names}', 'zh-CN': '应为以下之一：{names}' },
  misspelt: {
    en: 'must be one of {names}; did you mean {near}?',
    'zh-CN': '应为以下之一：{names}；是不是 {near}？',
  },
} as const satisfies Record<string, Text>;
