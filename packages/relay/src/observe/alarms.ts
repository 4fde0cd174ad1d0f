import { filled, type Text, type TextValues } from '@coupon-media/apiv3';
import type { ServiceLog } from '@coupon-media/server';
import { ALARMS, type AlarmCode } from './alarm-table.js';

/** An alarm that is on. */
export interface Alarm {
  readonly code: AlarmCode;
  /** The account or the token that it is about; '' if it is about the whole relay. */
  readonly subject: string;
  /** Unix milliseconds at which it began. */
  readonly since: number;
  readonly sentence: Text;
  readonly remedy: Text;
}

/** What is wrong now, for the operator: a line in the log with the remedy in both languages, and a metric. */
export interface Alarms {
  /**
   * Puts an alarm on, or keeps it on. The log has one line when it begins, and one an hour while it lasts.
   *
   * @param subject the account or the token that it is about; '' for the whole relay
   * @param values of the placeholders of its sentence. They must hold no secret
   */
  raise(code: AlarmCode, subject: string, values?: TextValues): void;
  /** Takes an alarm off, if it is on. The log has one line. */
  settle(code: AlarmCode, subject: string): void;
  /** The alarms that are on. */
  on(): readonly Alarm[];
}

/** Milliseconds. */
const REPEATED = 3_600_000;

/** @param clock Unix milliseconds */
export function createAlarms(log: Pick<ServiceLog, 'error' | 'info'>, clock: () => number): Alarms {
  const on = new Map<string, Alarm & { logged: number }>();
  return {
    raise(code, subject, values = {}) {
      const key = `${code} ${subject}`;
      const now = clock();
      const alarm = on.get(key);
      const { sentence, remedy } = ALARMS[code];
      const texts = filled(sentence, { account: subject, ...values });
      const isLogged = alarm === undefined || now - alarm.logged >= REPEATED;
      const logged = isLogged ? now : alarm.logged;
      on.set(key, { code, subject, since: alarm?.since ?? now, sentence: texts, remedy, logged });
      if (isLogged) log.error({ alarm: code, subject, texts, remedy }, `${texts.en}: ${remedy.en}`);
    },
    settle(code, subject) {
      const alarm = on.get(`${code} ${subject}`);
      if (!alarm) return;
      on.delete(`${code} ${subject}`);
      const seconds = Math.round((clock() - alarm.since) / 1000);
      log.info({ alarm: code, subject, seconds }, `no longer: ${alarm.sentence.en}`);
    },
    on: () => [...on.values()].map(({ logged: _, ...alarm }) => alarm),
  };
}
