/**
 * Headers in any form in which programs hold them: those of fetch, the object of Node or of a framework, `rawHeaders`, pairs, a
 * Map, or a function that looks one up.
 */
export type HeaderSource =
  | ((name: string) => string | null | undefined)
  | { get(name: string): string | null | undefined }
  | Iterable<readonly [name: string, value: string]>
  | readonly string[]
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Gives a function that looks headers up in any letter case, since the names of headers have none (RFC 9110 5.1).
 *
 * @returns a function that takes the name; its result is undefined if the header is absent or repeated
 * @example
 * ```ts
 * import { headerReader } from '@coupon-media/apiv3';
 *
 * const header = headerReader({ 'Wechatpay-Serial': 'PUB_KEY_ID_0119000000012025' });
 * console.log(header('wechatpay-serial')); // 'PUB_KEY_ID_0119000000012025'
 * ```
 */
export function headerReader(source: HeaderSource): (name: string) => string | undefined {
  if (typeof source === 'function') return (name) => eitherCase(source, name);
  const pairs = pairsOf(source);
  if (!pairs)
    return (name) => eitherCase((asked) => (source as { get(name: string): string }).get(asked), name);
  const values = new Map<string, string | undefined>();
  for (const [name, value] of pairs) {
    const key = name.toLowerCase();
    // Which of two values is meant is not known.
    values.set(key, values.has(key) ? undefined : value);
  }
  return (name) => values.get(name.toLowerCase());
}

/** Asks for a header by its lower-case name, and then as contract 3.2 writes it: the function may know one of them only. */
function eitherCase(look: (name: string) => string | null | undefined, name: string): string | undefined {
  return look(name.toLowerCase()) ?? look(name.toLowerCase().replace(/(?:^|-)[a-z]/g, upper)) ?? undefined;
}

function upper(text: string): string {
  return text.toUpperCase();
}

/** @returns undefined if the headers can only be asked for by name */
function pairsOf(
  source: Exclude<HeaderSource, (name: string) => unknown>,
): [string, string | undefined][] | undefined {
  if (Symbol.iterator in source) {
    const items: (string | readonly [string, string])[] = [...source];
    return items.flatMap((item, at) => {
      if (typeof item !== 'string') return [[item[0], item[1]] as [string, string]];
      // Names and values in turn, as in Node's `rawHeaders`.
      return at % 2 === 0 ? [[item, items[at + 1] as string] as [string, string]] : [];
    });
  }
  if (typeof source.get === 'function') return undefined;
  return Object.entries(source as Readonly<Record<string, string | readonly string[] | undefined>>).flatMap(
    ([name, value]) => {
      if (value === undefined) return [];
      const values = typeof value === 'string' ? [value] : value;
      return values.map((one) => [name, one] as [string, string]);
    },
  );
}
