import { VALIDITY } from '../identity/machine-keys.js';
import { SandboxError } from './sandbox-error.js';

/**
 * How a sandbox's clock runs: as the machine's, frozen at a time, or ahead of the machine's (behind it, if negative) by
 * this many milliseconds.
 */
export type ClockSetting = 'real' | { readonly frozenAt: Date | string } | { readonly aheadBy: number };

/** The clock of a sandbox. Its service, its journal and its clients read it. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number;
  set(setting: ClockSetting): void;
  /** @returns undefined if the clock is the machine's */
  described(): ClockDescription | undefined;
}

/** For sentences: `frozen` at a time, or `moved` by seconds. */
export type ClockDescription =
  | { readonly frozen: string; readonly moved?: undefined }
  | { readonly moved: number; readonly frozen?: undefined };

/** @throws SandboxError if the time is none, or one at which no certificate of a sandbox is valid */
export function createClock(initial: ClockSetting): Clock {
  let setting = checked(initial);
  return {
    now: () => ('frozenAt' in setting ? setting.frozenAt : Date.now() + setting.aheadBy),
    set(given) {
      setting = checked(given);
    },
    described() {
      if ('frozenAt' in setting) return { frozen: new Date(setting.frozenAt).toISOString() };
      return setting.aheadBy === 0 ? undefined : { moved: setting.aheadBy / 1000 };
    },
  };
}

function checked(given: ClockSetting): { frozenAt: number } | { aheadBy: number } {
  if (given === 'real') return { aheadBy: 0 };
  const setting =
    'frozenAt' in given ? { frozenAt: new Date(given.frozenAt).getTime() } : { aheadBy: given.aheadBy };
  const time = 'frozenAt' in setting ? setting.frozenAt : Date.now() + setting.aheadBy;
  if (!(time >= VALIDITY.from.getTime() && time <= VALIDITY.until.getTime())) {
    throw new SandboxError('CLOCK', {
      en: `the clock of a sandbox can be set to any time from ${day(VALIDITY.from)} to ${day(VALIDITY.until)}, while its certificates are valid`,
      'zh-CN': `沙箱时钟可设为 ${day(VALIDITY.from)} 至 ${day(VALIDITY.until)} 之间的任意时间（沙箱证书的有效期）`,
    });
  }
  return setting;
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
