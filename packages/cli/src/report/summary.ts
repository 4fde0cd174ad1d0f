import type { FoundImages } from '../discovery/find.js';
import type { LeftOut } from '../discovery/left-out.js';
import type { MessageKey } from '../messages/messages.js';
import { warnOfExposures } from '../profile/exposure.js';
import { hostsOf } from '../profile/identity.js';
import type { Profile } from '../profile/profile.js';
import { unknownKeyText } from '../profile/unknown.js';
import { EXIT, type ExitCode, reasonText } from '../shell/failure.js';
import type { Shell } from '../shell/shell.js';
import type { UploadProblem } from '../upload/problem.js';
import { leftOutReason, type Status, type UploadRow } from '../upload/row.js';
import { printChanges } from './changes.js';
import { printFailures } from './failures.js';

interface Beginning {
  profile: Profile;
  found: FoundImages;
  flags: { quiet?: true; json?: true; dryRun?: true };
}

/** Prints who uploads how many images to which host; only on a terminal, where a person may still stop it. */
export function printBeginning({ profile, found, flags }: Beginning, shell: Shell): void {
  const { err, say } = shell;
  const { file = '' } = profile;
  if (profile.isSandboxFallback && !flags.quiet) err.lines(say('config.sandboxUsed', { file }));
  if (!flags.quiet) warnOfExposures(profile, shell);
  if (!flags.quiet)
    for (const key of profile.unknownKeys) err.lines(err.style.note(unknownKeyText(key, say)));
  if (!flags.quiet) printLeftOut(found.leftOut, shell);
  if (!err.isTerminal || flags.quiet || flags.json) return;
  const who = (profile.values.mchid ?? profile.values.brandId)?.value ?? '?';
  const values = { n: found.images.length, who, host: hostsOf(profile)[0] ?? '' };
  err.lines(err.style.strong(say(flags.dryRun ? 'upload.planning' : 'upload.beginning', values)));
}

/** Prints what is left out, on a line for each reason, with the number of files of each kind. */
function printLeftOut(leftOut: readonly LeftOut[], { err, say, language }: Shell): void {
  const byReason = new Map<string, Map<string, number>>();
  for (const files of leftOut) {
    const reason = leftOutReason(files, { say, language });
    const kinds = byReason.get(reason) ?? new Map<string, number>();
    kinds.set(files.form, (kinds.get(files.form) ?? 0) + files.count);
    byReason.set(reason, kinds);
  }
  for (const [reason, kinds] of byReason) {
    const counts = [...kinds].map(([form, n]) => `${n} ${form === '*' ? say('leftOut.noSuffix') : form}`);
    const shown = counts.slice(0, KINDS_SHOWN).join(say('list.comma'));
    const more = counts.length > KINDS_SHOWN ? `${say('list.comma')}…` : '';
    err.lines(err.style.faint(say('upload.leftOut', { what: shown + more, reason })));
  }
}

const KINDS_SHOWN = 12;

interface End {
  rows: readonly UploadRow[];
  /** Why the run ended early, unless the user stopped it. */
  stopped: UploadProblem | undefined;
  interrupted: boolean;
}

interface About {
  flags: { quiet?: true; json?: true; dryRun?: true };
  manifest: string | undefined;
  /** Why the manifest could not be written. */
  unwritten: unknown;
}

/** Prints the results, failures last. @returns the exit code */
export function printEnd(
  { rows, stopped, interrupted }: End,
  { flags, manifest, unwritten }: About,
  shell: Shell,
): ExitCode {
  const { err, say } = shell;
  const count = (status: Status): number => rows.filter((row) => row.status === status).length;
  const left = count('untried');
  // A dry run and JSON have the changes beside each image.
  if (!flags.quiet && !flags.dryRun && !flags.json) printChanges(rows, shell);
  if (!flags.quiet) {
    const parts = COUNTED.filter(([status]) => count(status) > 0);
    const counts = parts.map(([status, key]) => say(key, { n: count(status) })).join(say('list.comma'));
    if (counts) err.lines(...(err.isTerminal ? [''] : []), err.style.strong(counts));
    if (manifest !== undefined && unwritten === undefined)
      err.lines(say('upload.manifest', { file: manifest }));
  }
  if (!flags.dryRun) printFailures(rows, shell);
  if (manifest !== undefined && unwritten !== undefined)
    err.lines(err.style.bad(say('manifest.unwritten', { file: manifest, why: reasonText(unwritten) })));
  if (stopped && left > 0) {
    const isShown = !flags.dryRun && rows.some(({ problem }) => problem?.reason === stopped.reason);
    const text = isShown
      ? say('upload.stoppedAbove', { n: left })
      : say('upload.stopped', { n: left, why: stopped.reason });
    err.lines(err.style.bad(text));
  }
  if (stopped?.code === 'LEDGER_UNWRITABLE') err.lines(`  ${err.style.note('→')} ${stopped.remedy}`);
  if (interrupted && left > 0) err.lines(err.style.note(say('upload.interrupted', { n: left })));
  if (interrupted && left > 0) return EXIT.interrupted;
  if (stopped?.scope === 'all') return EXIT.misconfigured;
  if (unwritten !== undefined) return EXIT.failed;
  return stopped || left + count('failed') + count('needs-prepare') > 0 ? EXIT.failed : EXIT.done;
}

const COUNTED: readonly (readonly [Status, MessageKey])[] = [
  ['uploaded', 'count.uploaded'],
  ['known', 'count.known'],
  ['same', 'count.same'],
  ['ready', 'count.ready'],
  ['needs-prepare', 'count.needs-prepare'],
  ['failed', 'count.failed'],
  ['untried', 'count.untried'],
];
