/** Languages that a message is had in (contract 5.8). */
export type Language = 'zh-CN' | 'en';

/** A sentence, or a part of one, in both languages. `{name}` stands for one of its values. */
export type Text = Readonly<Record<Language, string>>;

/** What stands for `{name}` in a text; a text in the language of the whole. */
export type TextValues = Readonly<Record<string, string | number | Text>>;

/**
 * Puts values into a text. `{n}` is a value; `{n:image|images}` is the first where the value is 1, else the second.
 *
 * @param template the text in the language
 */
export function fill(template: string, language: Language, values: TextValues = {}): string {
  return template.replace(PLACE, (_, name: string, one?: string, many?: string) => {
    const value = values[name] ?? '';
    if (one !== undefined && many !== undefined) return value === 1 ? one : many;
    return typeof value === 'object' ? value[language] : String(value);
  });
}

const PLACE = /\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g;
