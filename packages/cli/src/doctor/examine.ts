import { tellExposures } from '../profile/exposure.js';
import type { Profile } from '../profile/profile.js';
import { EXIT, type ExitCode } from '../shell/failure.js';
import type { Shell } from '../shell/shell.js';
import type { Style } from '../terminal/style.js';
import { padded, width } from '../terminal/text.js';
import type { Check, Patient, Verdict } from './check.js';
import { hostChecks } from './hosts.js';
import { keyChecks } from './keys.js';

/** A check and what it came to. */
interface Examined {
  check: Check;
  verdict: Verdict;
}

/**
 * Checks a profile from its files to the service's response, telling each as it is done.
 *
 * @returns what to exit with: 3 where keys or configuration are wrong, 1 where only the world outside is
 */
export async function examine(profile: Profile, shell: Shell, { json }: { json?: true }): Promise<ExitCode> {
  tellExposures(profile, shell);
  const checks = [...keyChecks, ...hostChecks(profile)];
  const patient: Patient = {
    profile,
    say: shell.say,
    language: shell.language,
    now: () => Math.floor(Date.now() / 1000),
    responses: new Map(),
  };
  const titles = Math.max(...checks.map((check) => width(titleOf(check, shell))));
  const examined: Examined[] = [];
  for (const check of checks) {
    const verdict = await check.run(patient);
    examined.push({ check, verdict });
    if (json) shell.out.json(asRecord(check, verdict));
    else shell.out.lines(...asText(check, verdict, titles, shell));
  }
  if (!json) shell.out.lines('', conclusion(examined, shell));
  return exitCodeOf(examined);
}

function titleOf({ title, host = '' }: Check, { say }: Shell): string {
  return say(title, { host });
}

function asText(check: Check, { state, text, remedy }: Verdict, columns: number, shell: Shell): string[] {
  const { style, hanging } = shell.out;
  const [mark, paint] = LOOKS[state](style);
  const said = hanging(columns + 6, text, paint);
  return [
    `  ${mark} ${padded(titleOf(check, shell), columns)}  ${said}`,
    ...(remedy
      ? [`    ${state === 'wrong' ? style.note('→') : style.faint('→')} ${hanging(6, remedy)}`]
      : []),
  ];
}

/** How each verdict is marked, and its text painted. */
const LOOKS: Readonly<Record<Verdict['state'], (style: Style) => [string, (text: string) => string]>> = {
  ok: (style) => [style.good('✓'), (text) => text],
  wrong: (style) => [style.bad('✗'), style.bad],
  skipped: (style) => [style.faint('–'), style.faint],
};

function asRecord({ name, host }: Check, { state, text, remedy }: Verdict) {
  return { check: name, host, state, text, remedy };
}

function conclusion(examined: readonly Examined[], { out, say }: Shell): string {
  const count = (state: Verdict['state']) => examined.filter(({ verdict }) => verdict.state === state).length;
  const values = { n: count('wrong'), ok: count('ok'), skipped: count('skipped') };
  if (values.n > 0) return out.style.bad(say('doctor.ill', values));
  return out.style.good(say(values.skipped > 0 ? 'doctor.wellButSkipped' : 'doctor.well', values));
}

function exitCodeOf(examined: readonly Examined[]): ExitCode {
  const ill = examined.filter(({ verdict }) => verdict.state === 'wrong');
  if (ill.some(({ check }) => check.isConfiguration)) return EXIT.misconfigured;
  return ill.length > 0 ? EXIT.failed : EXIT.done;
}
