import { both, filled, nearestName, type Text } from '@coupon-media/apiv3';

/**
 * Reads a value.
 *
 * @param path where it stands, for errors
 * @throws what the maker of errors made
 */
export type Read<T> = (given: unknown, path: string) => T;

/** Whether a value of JSON is an object, and no list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Where a key of what stands at a path stands. No message quotes more than a line of what was given. */
function inside(path: string, key: string): string {
  const shown = key.length > 60 ? `${key.slice(0, 60)}…` : key;
  return path === '' ? shown : `${path}.${shown}`;
}

/**
 * The readers of JSON that people write. They say where something is wrong, and what is expected there.
 *
 * @param wrong makes the error of what is wrong at a path
 */
export function createReader(wrong: (path: string, what: Text) => Error) {
  /** Reads an object, and refuses keys that are not in the table. */
  function object<T extends object>(
    readers: { readonly [Key in keyof T]-?: Read<Exclude<T[Key], undefined>> },
    required: readonly (keyof T & string)[],
  ): Read<T> {
    const keys = Object.keys(readers);
    return (given, path) => {
      if (!isObject(given)) throw wrong(path, TEXTS.object);
      const entries = Object.entries(given).filter(([, value]) => value !== undefined);
      for (const [key] of entries) {
        if (Object.hasOwn(readers, key)) continue;
        const near = nearestName(key, keys);
        const unknown = near === undefined ? TEXTS.unknownKey : TEXTS.misspeltKey;
        throw wrong(inside(path, key), filled(unknown, { near: near ?? '', keys: keys.join(', ') }));
      }
      for (const key of required)
        if (!entries.some(([name]) => name === key)) throw wrong(inside(path, key), TEXTS.missing);
      const read = entries.map(([key, value]) => {
        const reader = readers[key as keyof T];
        return [key, reader(value, inside(path, key))];
      });
      return Object.fromEntries(read) as T;
    };
  }

  function array<T>(reader: Read<T>): Read<readonly T[]> {
    return (given, path) => {
      if (!Array.isArray(given)) throw wrong(path, TEXTS.array);
      return given.map((item: unknown, at) => reader(item, `${path}[${at}]`));
    };
  }

  /** Reads an object of any keys. */
  function record<T>(reader: (given: unknown, path: string, key: string) => T): Read<Record<string, T>> {
    return (given, path) => {
      if (!isObject(given)) throw wrong(path, TEXTS.object);
      const entries = Object.entries(given).map(([key, value]) => [
        key,
        reader(value, inside(path, key), key),
      ]);
      return Object.fromEntries(entries);
    };
  }

  /** Reads one value or an array of them. */
  function oneOf<T>(single: Read<T>, many: Read<readonly T[]>): Read<T | readonly T[]> {
    return (given, path) => (Array.isArray(given) ? many(given, path) : single(given, path));
  }

  /** Reads a text of any content. */
  const anyText: Read<string> = (given, path) => {
    if (typeof given === 'string') return given;
    throw wrong(path, TEXTS.anyText);
  };

  function text(form: RegExp, example: string): Read<string> {
    return (given, path) => {
      if (typeof given === 'string' && form.test(given)) return given;
      throw wrong(path, filled(TEXTS.text, { example: JSON.stringify(example) }));
    };
  }

  function number({
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
      throw wrong(path, filled(whole ? TEXTS.whole : TEXTS.number, { range: rangeOf(least, most) }));
    };
  }

  function choice<const Name extends string>(names: readonly Name[]): Read<Name> {
    return (given, path) => {
      const found = names.find((name) => name === given);
      if (found !== undefined) return found;
      const near = typeof given === 'string' ? nearestName(given, names) : undefined;
      const what = near === undefined ? TEXTS.choice : TEXTS.misspelt;
      throw wrong(path, filled(what, { near: near ?? '', names: names.join(', ') }));
    };
  }

  /** Reads an object whose shape one of its keys names. */
  function variant<T>(key: string, shapes: Readonly<Record<string, Read<T>>>): Read<T> {
    const kind = choice(Object.keys(shapes));
    return (given, path) => {
      if (!isObject(given)) throw wrong(path, TEXTS.object);
      const read = shapes[kind(given[key], inside(path, key))];
      if (!read) throw wrong(path, TEXTS.object);
      return read(given, path);
    };
  }

  return { object, array, record, oneOf, anyText, text, number, choice, variant };
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
  anyText: { en: 'must be a text', 'zh-CN': '应为字符串' },
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
