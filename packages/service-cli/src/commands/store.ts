import type { CheckReport } from '@coupon-media/server';
import { CommandError, checkPath, EXIT } from 'coupon-media/shell';
import type { ServiceKey, ServiceShell } from '../messages/messages.js';
import { configOf, loadCluster, type RecordsFlags, tellStore, withImages } from '../records.js';
import { checkRelayTables } from '../wrapper-tables.js';

interface ListFlags extends RecordsFlags {
  merchant?: string;
  filename?: string;
  limit: number;
  cursor?: string;
  json?: true;
}

/** `coupon-media store list`. */
export async function list(shell: ServiceShell, { json, ...query }: ListFlags): Promise<void> {
  const { out, err, say } = shell;
  const { uploads, next } = await withImages(query, shell, (images) => images.uploads(query));
  for (const upload of uploads) {
    const { uploadedAt, merchant, sha256, kind, bytes, filename } = upload;
    const row = `${new Date(uploadedAt).toISOString()}  ${merchant}  ${sha256}.${kind}  ${bytes}  ${filename}`;
    if (json) out.json(upload);
    else out.lines(row);
  }
  if (next !== undefined) err.lines(say('store.list.more', { cursor: next }));
}

/** What draws a bar is loaded by the commands that take long. */
async function workProgress(shell: ServiceShell) {
  const { workProgress: make } = await import('../progress.js');
  return make(shell);
}

interface CheckFlags extends RecordsFlags {
  deep?: boolean;
}

/** `coupon-media store check`. */
export async function check(shell: ServiceShell, { deep = false, ...flags }: CheckFlags): Promise<void> {
  const { out, say, language } = shell;
  const { checkEmbeddedStore, isCluster } = await import('@coupon-media/server');
  const config = await configOf(flags);
  await tellStore(config, shell);
  const progress = await workProgress(shell);
  const work = isCluster(config)
    ? (await loadCluster()).checkClusterStore(config, { deep, progress })
    : checkEmbeddedStore({ folder: config.data, progress });
  const report = await work.finally(progress.end);
  const problems = [...report.problems, ...(await checkRelayTables(config))];
  for (const { kind, sha256, detail } of problems)
    out.lines([say(PROBLEMS[kind]), sha256, detail[language]].filter(Boolean).join('  '));
  const { images, bytes, uploads } = report;
  const n = problems.length;
  out.lines(say(n === 0 ? 'store.check.ok' : 'store.check.problems', { images, bytes, uploads, n }));
  if (n > 0) process.exitCode = EXIT.failed;
}

type Problem = CheckReport['problems'][number];

const PROBLEMS: Readonly<Record<Problem['kind'], ServiceKey>> = {
  missing: 'store.problem.missing',
  damaged: 'store.problem.damaged',
  orphan: 'store.problem.orphan',
  unreadable: 'store.problem.unreadable',
  structure: 'store.problem.structure',
  unattached: 'store.problem.unattached',
  unusable: 'store.problem.unusable',
};

/** `coupon-media store backup`. */
export async function backup(shell: ServiceShell, to: string, flags: RecordsFlags): Promise<void> {
  const { out, say } = shell;
  const { backUpEmbeddedStore, isCluster } = await import('@coupon-media/server');
  const config = await configOf(flags);
  if (isCluster(config)) throw new CommandError<ServiceKey>('store.backup.ofCluster');
  checkPath(to, '<dir>');
  await tellStore(config, shell);
  const progress = await workProgress(shell);
  const work = backUpEmbeddedStore({ folder: config.data, to, progress });
  const { images, files, missing } = await work.finally(progress.end);
  for (const sha256 of missing) out.lines(`${say('store.problem.missing')}  ${sha256}`);
  out.lines(say(files === 0 ? 'store.backup.done' : 'store.backup.doneFiles', { images, to, files }));
  if (missing.length > 0) process.exitCode = EXIT.failed;
}
