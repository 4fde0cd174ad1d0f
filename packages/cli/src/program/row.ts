// The entry `coupon-media/commands`: commands as data. Who shows help or completes a word reads rows, and loads no command.

import { both, type Language, type Text } from '@coupon-media/apiv3/words';
import type { Command } from 'commander';
import type { MessageKey } from '../messages/messages.js';
import type { Shell } from '../shell/shell.js';

/** A command: all that help, completion and the parser know of it. Its code is loaded when it runs. */
export interface CommandRow<Key extends string = MessageKey> {
  readonly name: string;
  readonly text: Key;
  readonly arguments?: readonly ArgumentRow<Key>[];
  readonly options?: readonly OptionRow<Key>[];
  /** The text after the options. */
  readonly help?: Key | ((language: Language) => string);
  readonly commands?: readonly CommandRow<Key>[];
  /** Loads its code. Default: it only has commands. */
  readonly load?: () => Promise<Run<Key>>;
}

/** An argument, in commander's notation: `<id>`, `[path...]`. */
export type ArgumentRow<Key extends string = MessageKey> = readonly [
  name: string,
  text?: Key | undefined,
  taken?: Taken<Key>,
];

/** An option, in commander's notation: `--port <n>`. */
export type OptionRow<Key extends string = MessageKey> = readonly [
  flags: string,
  text: Key | Text,
  taken?: TakenOption<Key>,
];

/** Which values are taken. Default: any text. */
export interface Taken<Key extends string = MessageKey> {
  readonly choices?: readonly string[];
  readonly reading?: Reading<Key>;
}

export interface TakenOption<Key extends string = MessageKey> extends Taken<Key> {
  readonly default?: unknown;
  /** Shown in place of the default. */
  readonly defaultText?: string;
  readonly required?: true;
  /** Options, by the names of their values, that it sets too. */
  readonly implies?: Readonly<Record<string, unknown>>;
  /** The option, by the name of its value, beside which it is refused. */
  readonly conflicts?: string;
  /** The name of its value. Default: that of the option. */
  readonly name?: string;
}

/** Reads what was typed. */
export interface Reading<Key extends string = MessageKey> {
  /** @returns undefined if it is not taken */
  readonly read: (typed: string) => unknown;
  /** What is taken, for the error. */
  readonly expected: Key | Text;
}

/** The code of a command: called with the shell, then as commander calls an action, with arguments, flags and the command. */
export type Run<Key extends string = MessageKey> = (
  shell: Shell<Key | MessageKey>,
  ...given: Parameters<Parameters<Command['action']>[0]>
) => Promise<void> | void;

export function wholeNumber(least: number, most: number): Reading<never> {
  return {
    read: (typed) => {
      const isWithin = /^\d+$/.test(typed) && Number(typed) >= least && Number(typed) <= most;
      return isWithin ? Number(typed) : undefined;
    },
    expected: both(`${least} … ${most}`),
  };
}

/** A part of an image, in pixels from its upper left corner. */
export const rectangle: Reading<never> = {
  read: (typed) => {
    const isOne = /^(?:\d{1,5},){3}\d{1,5}$/.test(typed);
    const [left, top, width, height] = isOne ? typed.split(',').map(Number) : [];
    return width && height ? { left, top, width, height } : undefined;
  },
  expected: both('left,top,width,height'),
};
