import { describeSecret, describeText, type Text } from '@coupon-media/apiv3/words';
import { visible } from '../terminal/visible.js';
import type { MessageKey, Say, Translator } from './messages.js';

/** The errors of commander about wrong use, each with the sentence of the table. Quoted text stays as typed. */
const SENTENCES: readonly (readonly [RegExp, MessageKey])[] = [
  [/^error: unknown option '?(?<what>[^'\n]*)/, 'use.unknownOption'],
  [/^error: unknown command '(?<what>.*)'/, 'use.unknownCommand'],
  [/^error: missing required argument '(?<what>.*)'/, 'use.missingArgument'],
  [/^error: required option '(?<what>.*)' not specified/, 'use.missingOption'],
  [/^error: option '(?<what>.*)' argument missing/, 'use.missingValue'],
  [/^error: option '(?<what>.*)' argument '(?<value>.*)' is invalid\. (?<why>.*)/, 'use.invalidValue'],
  [
    /^error: command-argument value '(?<value>.*)' is invalid for argument '(?<what>.*)'\. (?<why>.*)/,
    'use.invalidValue',
  ],
  [/^error: too many arguments(?<what>.*?)\./, 'use.tooMany'],
];

/** @returns commander's error in the user's language, or unchanged if the table has no sentence for it */
export function wrongUseIn(said: string, { say, language }: Translator): string {
  // The error quotes what was typed. It may be a key, which begins like an option, or a filename with line feeds.
  const text = said
    .replace(UNKNOWN_OPTION, (_, typed: string) => `error: unknown option ${optionName(typed)[language]}`)
    .replace(/'([^']*)'/g, (quoted, typed: string) => describeSecret(typed)?.[language] ?? quoted)
    .replace(/(?<=').*(?=')/s, visible);
  if (language === 'en') return text;
  for (const [form, key] of SENTENCES) {
    const values = form.exec(text)?.groups;
    if (values) return `${say(key, { ...values, why: reasonIn(values.why, say) })}${nearest(text, say)}\n`;
  }
  return text;
}

/** An unknown option with the text after it, up to commander's suggestion. */
const UNKNOWN_OPTION = /^error: unknown option '([\s\S]*)'(?=\s*$|\s*\(Did you mean)/;

/** @returns the name of the option in quotes. Its value may be a password, which may also be typed in place of the name. */
function optionName(typed: string): Text {
  const [name = ''] = typed.split('=', 1);
  const quoted = `'${name}'`;
  const isName = /^(-[a-z-]{1,40}|--[a-z][a-z0-9-]{0,40})$/i.test(name) && !describeSecret(name);
  return isName && !/^-[a-z]*[A-Z]/.test(name) ? { en: quoted, 'zh-CN': quoted } : describeText(typed);
}

function reasonIn(why: string | undefined, say: Say): string {
  const list = /^Allowed choices are (.*)\.$/.exec(why ?? '')?.[1];
  return list === undefined ? (why ?? '') : say('use.choices', { list });
}

/** Translates commander's suggestion. */
function nearest(text: string, say: Say): string {
  const list = /\(Did you mean (?:one of )?(.*)\?\)/.exec(text)?.[1];
  return list === undefined ? '' : `\n${say('use.nearest', { list })}`;
}
