import { type Client, createClient, type HostEvent } from '@coupon-media/client';
import { type FoundImages, findImages } from '../discovery/find.js';
import { ledgerPath, openLedger, readLedger } from '../ledger/ledger.js';
import { type Manifest, prepareManifest } from '../manifest/manifest.js';
import { callerOf, fromProfile, hostsOf } from '../profile/identity.js';
import { type Profile, type ProfileFlags, readProfile } from '../profile/profile.js';
import {
  jsonResults,
  noResults,
  plainResults,
  planResults,
  type Results,
  tableResults,
} from '../report/results.js';
import { printBeginning, printEnd } from '../report/summary.js';
import { checkPath } from '../shell/arguments.js';
import type { ExitCode } from '../shell/failure.js';
import { createProgress, noProgress, type ProgressBar } from '../shell/progress.js';
import type { Shell } from '../shell/shell.js';
import { interruption } from '../shell/signals.js';
import { checkFilename } from '../upload/reading.js';
import { otherRows, type UploadRow } from '../upload/row.js';
import { runUploads } from '../upload/run.js';
import { type KnownUploads, type StepFlags, stepsOf } from '../upload/steps.js';

/** The flags of `upload`. */
export interface UploadFlags extends ProfileFlags, StepFlags {
  dryRun?: true;
  concurrency: number;
  /** Uploads per second; 0 means no limit. */
  rate: number;
  retries: number;
  /** Seconds, for each stage of an exchange. */
  timeout?: number;
  /** A file, or false for none. */
  ledger?: string | false;
  manifest?: string;
  json?: true;
  quiet?: true;
}

/** Uploads the named images and prints the results. @returns the exit code */
export async function uploadNamed(
  names: readonly string[],
  flags: UploadFlags,
  shell: Shell,
): Promise<ExitCode> {
  const profile = readProfile(flags, shell.environment);
  const found = await findImages(names);
  checkFilename(found.images, flags.filename);
  const manifest = await manifestFor(found, flags, shell);
  const session: UploadSession = { profile, found, flags, shell, progress: noProgress(shell) };
  try {
    const result = flags.dryRun ? await plan(session) : await send(session);
    const unwritten = await unwrittenManifest(manifest, result.rows);
    // The results would be lost.
    if (unwritten !== undefined && shell.out.isTerminal && !flags.json) tableResults(shell).end(result.rows);
    return printEnd(result, { flags, manifest: manifest?.file, unwritten }, shell);
  } finally {
    session.progress.end();
  }
}

function manifestFor(
  { images }: FoundImages,
  { manifest, dryRun }: UploadFlags,
  { language }: Shell,
): Promise<Manifest> | undefined {
  if (manifest === undefined) return undefined;
  return prepareManifest(manifest, { language, dryRun: dryRun === true, images: images.length });
}

/** @returns why the manifest could not be written, although it could be before; undefined if it was */
async function unwrittenManifest(
  manifest: Manifest | undefined,
  rows: readonly UploadRow[],
): Promise<unknown> {
  try {
    await manifest?.write(rows);
    return undefined;
  } catch (error) {
    return error;
  }
}

interface UploadSession {
  readonly profile: Profile;
  readonly found: FoundImages;
  readonly flags: UploadFlags;
  readonly shell: Shell;
  /** It shows nothing until the run begins. */
  progress: ProgressBar;
}

/** The result of a session. */
export type UploadSessionResult = Awaited<ReturnType<typeof run>>;

async function plan(session: UploadSession): Promise<UploadSessionResult> {
  const { profile, flags } = session;
  // Without any configuration, a dry run still shows what is wrong with the images.
  const isConfigured = profile.values.mchid ?? profile.values.brandId;
  const ledger =
    isConfigured && flags.ledger !== false
      ? await readLedger(ledgerFile(session), titleOf(profile))
      : undefined;
  return run(session, { client: undefined, ledger });
}

async function send(session: UploadSession): Promise<UploadSessionResult> {
  const { profile, flags } = session;
  const client = connect(session);
  const ledger = flags.ledger === false ? undefined : await openLedger(ledgerFile(session), titleOf(profile));
  try {
    return await run(session, { client, ledger });
  } finally {
    await Promise.all([client.close(), ledger?.close()]);
  }
}

interface Means {
  client: Client | undefined;
  ledger: KnownUploads | undefined;
}

async function run(session: UploadSession, { client, ledger }: Means) {
  const { found, flags, shell } = session;
  const results = resultsFor(flags, shell);
  printBeginning(session, shell);
  const progress = flags.quiet || flags.json ? session.progress : createProgress(found.images.length, shell);
  session.progress = progress;
  const interrupted = interruption(() => progress.note(shell.say('upload.finishing')));
  try {
    const steps = stepsOf({ client, ledger, flags, shell, signal: interrupted.now });
    const { rows, stopped } = await runUploads(found.images, steps, {
      concurrency: flags.concurrency,
      slot: flags.slot,
      soon: interrupted.soon,
      onRow(row) {
        progress.done(row.path, row.status === 'failed');
        results.row(row);
      },
    });
    progress.end();
    const others = otherRows(found, shell);
    others.forEach(results.row);
    const all = [...rows, ...others];
    results.end(all);
    return { rows: all, stopped, interrupted: interrupted.soon.aborted };
  } finally {
    interrupted.end();
  }
}

function resultsFor({ json, dryRun, manifest }: UploadFlags, shell: Shell): Results {
  if (json) return jsonResults(shell);
  if (dryRun) return planResults(shell);
  if (!shell.out.isTerminal) return plainResults(shell);
  return manifest === undefined ? tableResults(shell) : noResults();
}

function connect(session: UploadSession): Client {
  const { profile, flags, shell } = session;
  const { concurrency, rate, retries, timeout } = flags;
  const milliseconds = timeout === undefined ? undefined : timeout * 1000;
  return fromProfile(profile, (options) =>
    createClient({
      ...options,
      retries,
      language: shell.language,
      limit: { concurrent: concurrency, perSecond: rate || undefined },
      ...(milliseconds && {
        deadlines: { connect: milliseconds, send: milliseconds, response: milliseconds },
      }),
      // A single host stays in use even if it fails, so there is nothing to report.
      ...(hostsOf(profile).length > 1 && { hooks: { onHostChange: (event) => noteHost(event, session) } }),
    }),
  );
}

function noteHost({ host, state }: HostEvent, { progress, shell }: UploadSession): void {
  progress.note(shell.say(state === 'open' ? 'progress.hostLeft' : 'progress.hostBack', { host }));
}

function ledgerFile({ profile, flags, shell }: UploadSession): string {
  if (flags.ledger) return checkPath(flags.ledger, '--ledger');
  return ledgerPath(titleOf(profile), profile.file, shell.environment);
}

function titleOf(profile: Profile) {
  return { service: hostsOf(profile)[0] ?? '', merchant: callerOf(profile) };
}
