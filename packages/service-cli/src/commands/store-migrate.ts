import type { MoveReport } from '@coupon-media/cluster';
import { Command, Option } from 'commander';
import { createProgress, EXIT, interruption, type Progress } from 'coupon-media/shell';
import { loadCluster } from '../cluster.js';
import { remark, say } from '../records.js';
import type { ServiceShell } from '../messages/messages.js';

interface Flags {
  data?: string;
  verify: boolean;
}

export function migrateCommand(shell: ServiceShell): Command {
  return new Command('migrate')
    .description(
      "move a folder's images, uploads, merchants and keys to a cluster; URLs stay as they were given",
    )
    .addOption(
      new Option(
        '--to <engines>',
        'the cluster that COUPON_MEDIA_DATABASE_URL and its like name, as for serve',
      )
        .choices(['cluster'])
        .makeOptionMandatory(),
    )
    .option('--data <dir>', 'the folder to move (default: COUPON_MEDIA_DATA, else .coupon-media)')
    .option('--no-verify', 'do not compare every record, and read every image back, at the end')
    .addHelpText('after', HELP)
    .action((flags: Flags) => migrate(flags, shell));
}

const HELP = `
The folder is only read, and a service may go on with it: move what there is while it serves, stop it, and run the same
command again for the rest; then start the nodes. Killed or stopped by Ctrl-C, the same command goes on where it was.
Run once more it brings nothing twice, and verifies. The engines' settings are those of serve (coupon-media serve --help);
they come by the environment alone, since others can read a command line.

Exit codes: 0 all is moved, and equal · 1 something could not be moved or differs · 2 wrong use ·
3 configuration or engines · 130 interrupted`;

async function migrate({ data, verify }: Flags, shell: ServiceShell): Promise<void> {
  const { ConfigError, describedStore, isCluster, readConfig } = await import('@coupon-media/server');
  const config = readConfig({});
  if (!isCluster(config)) {
    throw new ConfigError('CLUSTER_INCOMPLETE', {
      en: 'COUPON_MEDIA_DATABASE_URL: must be given, with COUPON_MEDIA_S3_BUCKET and COUPON_MEDIA_REDIS_URL: they name the cluster to move to',
      'zh-CN':
        '缺少 COUPON_MEDIA_DATABASE_URL：请连同 COUPON_MEDIA_S3_BUCKET 和 COUPON_MEDIA_REDIS_URL 一起设置，它们指明要迁移到的集群',
    });
  }
  const { migrateToCluster } = await loadCluster();
  const folder = data ?? config.data;
  const stop = interruption(() => remark('finishing the batch under way … Ctrl-C again ends at once'));
  remark(`moving the folder ${folder} to ${describedStore(config)}`);
  stop.now.addEventListener('abort', () => process.exit(EXIT.interrupted));
  const progress = phases(shell);
  try {
    const report = await migrateToCluster({ folder, config, verify, signal: stop.soon, progress });
    progress.end();
    tell(report);
  } finally {
    progress.end();
    stop.end();
  }
}

const PHASES = { images: 'images', uploads: 'records of uploads', verify: 'records and images to verify' };

/** Each phase has a bar of its own. */
function phases(shell: ServiceShell) {
  let current: Progress | undefined;
  return {
    begin(phase: keyof typeof PHASES, total: number) {
      current?.end();
      current = undefined;
      if (total === 0) return;
      remark(`${total} ${PHASES[phase]}`);
      current = createProgress(total, shell);
    },
    done(count: number) {
      for (let at = 0; at < count; at++) current?.done('', false);
    },
    moved(report: Omit<MoveReport, 'verified'>) {
      current?.end();
      current = undefined;
      say(...summary(report));
    },
    end() {
      current?.end();
      current = undefined;
    },
  };
}

function summary({
  images,
  bytes,
  uploads,
  records,
  nonces,
  total,
  ...rest
}: Omit<MoveReport, 'verified'>): string[] {
  const { interrupted, serving, left, conflicts } = rest;
  const brought = `${images} images of ${bytes} bytes, ${uploads} uploads, ${records} merchants, keys and settings, ${nonces} nonces`;
  const lines = [
    ...left.map(({ sha256, detail }) => `left behind  ${sha256}  ${detail}`),
    ...conflicts.map((name) => `changed on both sides, the cluster's stays  ${name}`),
    images + uploads + records === 0 && !interrupted
      ? `nothing to move: the cluster has all ${total.images} images and ${total.uploads} uploads`
      : `moved ${brought}`,
  ];
  if (serving && !interrupted)
    lines.push(
      'a service goes on with the folder: stop it, and run the same command again for what came since',
    );
  return lines;
}

function tell({ verified, interrupted, left, conflicts }: MoveReport): void {
  for (const { what, id, detail } of verified?.differences ?? []) say(`differs  ${what}  ${id}  ${detail}`);
  if (verified) {
    const { images, uploads, differences } = verified;
    const verdict = differences.length === 0 ? 'all equal' : `${differences.length} differences`;
    say(`verified ${images} images by their digests and ${uploads} uploads: ${verdict}`);
  }
  if (interrupted) {
    remark('stopped; the same command goes on from here');
    process.exitCode = EXIT.interrupted;
  } else if (left.length + conflicts.length + (verified?.differences.length ?? 0) > 0) {
    process.exitCode = EXIT.failed;
  }
}
