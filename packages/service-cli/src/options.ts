import { type Program, settingOptions } from '@coupon-media/server/settings';
import { type OptionRow, type Reading, wholeNumber } from 'coupon-media/commands';
import type { ServiceKey } from './messages/messages.js';

/**
 * The settings that have an option, stored under the name of the setting. The configuration checks their values like those of
 * the environment; commander would quote a key that was given in place of a path.
 */
export function configured(program: Program): OptionRow<ServiceKey>[] {
  return settingOptions(program).map(({ name, flags, description }) => [flags, description, { name }]);
}

export const DATA: OptionRow<ServiceKey> = ['--data <dir>', 'option.data'];

export const LIMIT: OptionRow<ServiceKey> = [
  '--limit <n>',
  'option.limit',
  { reading: wholeNumber(1, 1000), default: 100 },
];

/** 0 takes any free port. */
export const PORT: Reading<ServiceKey> = wholeNumber(0, 65_535);

/** Uploads per second. */
export const RATE: Reading<ServiceKey> = wholeNumber(0, 1_000_000);

/** The quota of a merchant, or `default` to remove it. */
export const RATE_OR_DEFAULT: Reading<ServiceKey> = {
  ...RATE,
  read: (typed) => (typed === 'default' ? typed : RATE.read(typed)),
};

export const ON_OR_OFF: Reading<ServiceKey> = {
  read: (typed) =>
    new Map([
      ['on', true],
      ['off', false],
    ]).get(typed),
  expected: 'option.onOrOff',
};

/** A time as `14d`, in seconds. */
export const DURATION: Reading<ServiceKey> = { read: secondsIn, expected: 'option.duration' };

/** A moment, or how long ago it was; in Unix milliseconds. */
export const SINCE: Reading<ServiceKey> = {
  read(typed) {
    const ago = secondsIn(typed);
    if (ago !== undefined) return Date.now() - ago * 1000;
    const moment = /^\d{4}-\d\d-\d\d(T|$)/.test(typed) ? Date.parse(typed) : Number.NaN;
    return Number.isNaN(moment) ? undefined : moment;
  },
  expected: 'audit.sinceWrong',
};

/** The number of a request that a sandbox received. */
export const REQUEST_NUMBER: Reading<ServiceKey> = wholeNumber(1, 999_999_999);

const SCOPES: readonly string[] = ['upload', 'read', 'admin'];

/** Scopes of a token with commas between them. */
export const SCOPE_LIST: Reading<ServiceKey> = {
  read(typed) {
    const names = typed.split(',');
    const scopes = SCOPES.filter((scope) => names.includes(scope));
    return scopes.length === names.length ? scopes : undefined;
  },
  expected: { en: SCOPES.join(', '), 'zh-CN': SCOPES.join(', ') },
};

/** The test runners that `sandbox init` writes a file for. */
export const TEST_RUNNERS = ['vitest', 'jest', 'node:test'] as const;

function secondsIn(typed: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,4})([hdw])$/.exec(typed) ?? [];
  return count === undefined ? undefined : Number(count) * (SECONDS[unit] ?? 0);
}

const SECONDS: Readonly<Record<string, number>> = { h: 3600, d: 86_400, w: 604_800 };
