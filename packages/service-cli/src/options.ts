import { type Program, settingOptions } from '@coupon-media/server/settings';
import { InvalidArgumentError, Option } from 'commander';
import { numberOption } from 'coupon-media/shell';
import type { ServiceKey, ServiceSay, ServiceShell } from './messages/messages.js';

/**
 * The settings that have an option, stored under the name of the setting. The configuration checks their values like those of
 * the environment; commander would quote a key that was given in place of a path.
 */
export function configuredOptions(language: ServiceShell['language'], program: Program): Option[] {
  return settingOptions(language, program).map(({ name, flags, description }) => {
    const option = new Option(flags, description);
    option.attributeName = () => name;
    return option;
  });
}

export function dataOption(say: ServiceSay): Option {
  return new Option('--data <dir>', say('option.data'));
}

export function portOption(description: string): Option {
  return numberOption('--port <n>', description, PORTS);
}

export function quotaOption(description: string): Option {
  return numberOption('--quota <n>', description, RATES);
}

export function limitOption(say: ServiceSay): Option {
  return numberOption('--limit <n>', say('option.limit'), [1, 1000]).default(100);
}

/** The quota of a merchant, or `default` to remove it. */
export function rateOption(say: ServiceSay): Option {
  const option = numberOption('--quota <n|default>', say('merchant.quota'), RATES);
  const { parseArg: number } = option;
  return option.argParser((text, previous) => (text === 'default' ? text : number?.(text, previous)));
}

export function onOffOption(flags: string, description: ServiceKey, say: ServiceSay): Option {
  return new Option(flags, say(description)).argParser((text) => {
    if (text !== 'on' && text !== 'off') throw new InvalidArgumentError(say('option.onOrOff'));
    return text === 'on';
  });
}

/** A time as `14d`, in seconds. */
export function durationOption(flags: string, description: ServiceKey, say: ServiceSay): Option {
  return new Option(flags, say(description)).argParser((text) => {
    const seconds = secondsIn(text);
    if (seconds === undefined) throw new InvalidArgumentError(say('option.duration'));
    return seconds;
  });
}

/** @returns the seconds of a time as `14d`; undefined if it is none */
export function secondsIn(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,4})([hdw])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * (SECONDS[unit] ?? 0);
}

const SECONDS: Readonly<Record<string, number>> = { h: 3600, d: 86_400, w: 604_800 };

/** 0 takes any free port. */
export const PORTS = [0, 65_535] as const;

/** Uploads per second. */
const RATES = [0, 1_000_000] as const;
