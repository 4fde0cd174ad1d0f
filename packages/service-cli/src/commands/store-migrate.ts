import type { MoveReport } from '@coupon-media/cluster';
import { CommandError, EXIT, interruption } from 'coupon-media/shell';
import { createProgress, type ProgressBar } from 'coupon-media/terminal';
import type { ServiceKey, ServiceShell } from '../messages/messages.js';
import { loadCluster, type RecordsFlags, remark } from '../records.js';
import { wrapperTables } from '../wrapper-tables.js';

interface Flags extends RecordsFlags {
  verify: boolean;
}

/** `coupon-media store migrate`. */
export async function migrate(shell: ServiceShell, { data, verify }: Flags): Promise<void> {
  const { say } = shell;
  const { describedStore, isCluster, readConfig } = await import('@coupon-media/server');
  const config = readConfig({});
  if (!isCluster(config)) throw new CommandError<ServiceKey>('migrate.noCluster');
  const { migrateToCluster } = await loadCluster();
  const folder = readConfig({ data }).data;
  const stop = interruption(() => remark(shell, say('migrate.finishing')));
  remark(shell, say('migrate.moving', { folder, store: describedStore(config, shell.language) }));
  stop.now.addEventListener('abort', () => process.exit(EXIT.interrupted));
  const progress = phases(shell);
  try {
    const report = await migrateToCluster({
      ...{ folder, config, verify, progress },
      wrappers: await wrapperTables(),
      signal: stop.soon,
    });
    progress.end();
    tell(report, shell);
  } finally {
    progress.end();
    stop.end();
  }
}

const PHASES = {
  images: 'migrate.phase.images',
  uploads: 'migrate.phase.uploads',
  verify: 'migrate.phase.verify',
} as const satisfies Readonly<Record<string, ServiceKey>>;

/** Shows one bar per phase. */
function phases(shell: ServiceShell) {
  let current: ProgressBar | undefined;
  return {
    begin(phase: keyof typeof PHASES, total: number) {
      current?.end();
      current = undefined;
      if (total === 0) return;
      remark(shell, shell.say(PHASES[phase], { n: total }));
      current = createProgress(total, shell);
    },
    done(count: number) {
      for (let at = 0; at < count; at++) current?.done('', false);
    },
    moved(report: Omit<MoveReport, 'verified'>) {
      current?.end();
      current = undefined;
      shell.out.lines(...summary(report, shell.say));
    },
    end() {
      current?.end();
      current = undefined;
    },
  };
}

function summary(report: Omit<MoveReport, 'verified'>, say: ServiceShell['say']): string[] {
  const { images, bytes, uploads, records, nonces, rows, total } = report;
  const { interrupted, serving, left, conflicts } = report;
  return [
    ...left.map(({ sha256, detail }) => say('migrate.left', { sha256, detail })),
    ...conflicts.map((name) => say('migrate.conflict', { name })),
    images + uploads + records === 0 && !interrupted
      ? say('migrate.nothing', total)
      : say('migrate.moved', { images, bytes, uploads, records, nonces }),
    ...(rows > 0 ? [say('migrate.rows', { n: rows })] : []),
    ...(serving && !interrupted ? [say('migrate.serving')] : []),
  ];
}

const THINGS = {
  image: 'migrate.image',
  object: 'migrate.object',
  upload: 'migrate.upload',
  record: 'migrate.record',
} as const satisfies Readonly<Record<string, ServiceKey>>;

function tell({ verified, interrupted, left, conflicts, marked }: MoveReport, shell: ServiceShell): void {
  const { out, say } = shell;
  const differences = verified?.differences ?? [];
  for (const { what, id, detail } of differences)
    out.lines(say('migrate.differs', { what: say(THINGS[what]), id, detail }));
  if (verified) {
    const { images, uploads } = verified;
    const n = differences.length;
    out.lines(say(n === 0 ? 'migrate.equal' : 'migrate.different', { images, uploads, n }));
  }
  if (marked !== undefined) remark(shell, say('migrate.marked', { file: marked }));
  if (interrupted) {
    remark(shell, say('migrate.stopped'));
    process.exitCode = EXIT.interrupted;
  } else if (left.length + conflicts.length + differences.length > 0) {
    process.exitCode = EXIT.failed;
  }
}
