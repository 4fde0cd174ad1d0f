import { warnOfExposures } from '../profile/exposure.js';
import type { Profile } from '../profile/profile.js';
import { EXIT, type ExitCode } from '../shell/failure.js';
import { hanging } from '../shell/hanging.js';
import type { Shell } from '../shell/shell.js';
import type { Style } from '../terminal/style.js';
import { padded, width } from '../terminal/text.js';
import type { Check, CheckContext, CheckResult } from './check.js';
import { clientChecks } from './client.js';
import { expiryCheck } from './expiry.js';
import { hostChecks } from './hosts.js';
import { keyChecks } from './keys.js';

/** A check with its result. */
interface CompletedCheck {
  check: Check;
  result: CheckResult;
}

/**
 * Checks a profile, from its files to the service's response, and prints each result at once.
 *
 * @returns the exit code: 3 if keys or configuration are wrong, 1 if only network or clock are
 */
export async function examine(profile: Profile, shell: Shell, { json }: { json?: true }): Promise<ExitCode> {
  warnOfExposures(profile, shell);
  const checks = [...keyChecks, ...clientChecks, expiryCheck, ...hostChecks(profile)];
  const context: CheckContext = {
    profile,
    say: shell.say,
    language: shell.language,
    now: () => Math.floor(Date.now() / 1000),
    hasFailed: false,
    responses: new Map(),
  };
  const titles = Math.max(...checks.map((check) => width(titleOf(check, shell))));
  const examined: CompletedCheck[] = [];
  for (const check of checks) {
    const result = await check.run(context);
    examined.push({ check, result });
    context.hasFailed ||= result.state === 'wrong';
    if (json) shell.out.json(asRecord(check, result));
    else shell.out.lines(...asText(check, result, titles, shell));
  }
  if (!json) shell.out.lines('', conclusion(examined, shell));
  return exitCodeOf(examined);
}

function titleOf({ title, host = '' }: Check, { say }: Shell): string {
  return say(title, { host });
}

function asText(check: Check, { state, text, remedy }: CheckResult, columns: number, shell: Shell): string[] {
  const { out } = shell;
  const { style } = out;
  const [mark, paint] = LOOKS[state](style);
  const said = hanging(out, columns + 6, text, paint);
  return [
    `  ${mark} ${padded(titleOf(check, shell), columns)}  ${said}`,
    ...(remedy
      ? [
          `    ${state === 'wrong' || state === 'warning' ? style.note('→') : style.faint('→')} ${hanging(out, 6, remedy)}`,
        ]
      : []),
  ];
}

/** The mark and the colour of each result. */
const LOOKS: Readonly<Record<CheckResult['state'], (style: Style) => [string, (text: string) => string]>> = {
  ok: (style) => [style.good('✓'), (text) => text],
  warning: (style) => [style.note('!'), style.note],
  wrong: (style) => [style.bad('✗'), style.bad],
  skipped: (style) => [style.faint('–'), style.faint],
};

function asRecord({ name, host }: Check, { state, text, remedy }: CheckResult) {
  return { check: name, host, state, text, remedy };
}

function conclusion(examined: readonly CompletedCheck[], { out, say }: Shell): string {
  const count = (state: CheckResult['state']) =>
    examined.filter(({ result }) => result.state === state).length;
  const values = { n: count('wrong'), ok: count('ok') + count('warning'), skipped: count('skipped') };
  if (values.n > 0) return out.style.bad(say('doctor.someWrong', values));
  return out.style.good(say(values.skipped > 0 ? 'doctor.someSkipped' : 'doctor.allRight', values));
}

function exitCodeOf(examined: readonly CompletedCheck[]): ExitCode {
  const ill = examined.filter(({ result }) => result.state === 'wrong');
  if (ill.some(({ check }) => check.isConfiguration)) return EXIT.misconfigured;
  return ill.length > 0 ? EXIT.failed : EXIT.done;
}
