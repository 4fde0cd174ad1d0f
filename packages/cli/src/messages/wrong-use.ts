import { secretLook } from '@coupon-media/apiv3';
import type { Shell } from '../shell.js';
import { visible } from '../terminal/text.js';
import type { MessageKey } from './messages.js';

/** What commander says of wrong use, and the sentence of the table for it. What is quoted stays as it was typed. */
const SENTENCES: readonly (readonly [RegExp, MessageKey])[] = [
  [/^error: unknown option '(?<what>.*)'/, 'use.unknownOption'],
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

/** @returns what commander says, in the language of the table; as it is where the table has no sentence for it */
export function wrongUseIn(said: string, { say, language }: Shell): string {
  // What was typed is quoted. It may be a key, which begins as an option does, or a file's name, with lines of its own.
  const text = said
    .replace(/'([^']*)'/g, (quoted, typed: string) => secretLook(typed)?.[language] ?? quoted)
    .replace(/(?<=').*(?=')/s, visible);
  if (language === 'en') return text;
  for (const [form, key] of SENTENCES) {
    const values = form.exec(text)?.groups;
    if (values) return `${say(key, { ...values, why: reasonIn(values.why, say) })}${nearest(text, say)}\n`;
  }
  return text;
}

function reasonIn(why: string | undefined, say: Shell['say']): string {
  const list = /^Allowed choices are (.*)\.$/.exec(why ?? '')?.[1];
  return list === undefined ? (why ?? '') : say('use.choices', { list });
}

/** What commander takes to be meant. */
function nearest(text: string, say: Shell['say']): string {
  const list = /\(Did you mean (?:one of )?(.*)\?\)/.exec(text)?.[1];
  return list === undefined ? '' : `\n${say('use.nearest', { list })}`;
}
