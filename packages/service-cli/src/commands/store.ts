import type { CheckReport } from '@coupon-media/server';
import { Command } from 'commander';
import { EXIT } from 'coupon-media/shell';
import { loadCluster } from '../cluster.js';
import { limitOption } from '../options.js';
import { configOf, dataOption, type RecordsFlags, say, withImages } from '../records.js';
import type { ServiceShell } from '../messages/messages.js';
import { migrateCommand } from './store-migrate.js';

interface ListFlags extends RecordsFlags {
  merchant?: string;
  filename?: string;
  limit: number;
  cursor?: string;
  json?: true;
}

export function storeCommand(shell: ServiceShell): Command {
  return new Command('store')
    .description("a service's images and records; each of these works while the service runs")
    .addCommand(
      new Command('list')
        .description('list uploads, the newest first')
        .option('--merchant <id>', 'of this merchant only')
        .option('--filename <text>', 'whose filename has this in it, only')
        .addOption(limitOption())
        .option('--cursor <cursor>', 'go on where the page before ended')
        .option('--json', 'a JSON object a line')
        .addOption(dataOption())
        .action(list),
    )
    .addCommand(
      new Command('check')
        .description(
          'verify every record by its bytes, and every file by its record; exit 1 where something is wrong',
        )
        .option(
          '--deep',
          "of a cluster: read every image and verify its digest, not only that it's there, whole",
        )
        .addOption(dataOption())
        .action(check),
    )
    .addCommand(
      new Command('backup')
        .description('copy everything as of now into an empty folder, which opens as a store')
        .argument('<dir>', 'where to')
        .addOption(dataOption())
        .action(backup),
    )
    .addCommand(migrateCommand(shell));
}

async function list({ json, ...query }: ListFlags): Promise<void> {
  const { uploads, next } = await withImages(query, (images) => images.uploads(query));
  for (const upload of uploads) {
    const { uploadedAt, merchant, sha256, kind, bytes, filename } = upload;
    const row = `${new Date(uploadedAt).toISOString()}  ${merchant}  ${sha256}.${kind}  ${bytes}  ${visible(filename)}`;
    say(json ? JSON.stringify(upload) : row);
  }
  if (next !== undefined) process.stderr.write(`more: --cursor ${next}\n`);
}

async function check({ deep = false, ...flags }: RecordsFlags & { deep?: boolean }): Promise<void> {
  const { checkEmbeddedStore, isCluster } = await import('@coupon-media/server');
  const config = await configOf(flags);
  const report = isCluster(config)
    ? await (await loadCluster()).checkClusterStore(config, { deep })
    : await checkEmbeddedStore({ folder: config.data });
  for (const { kind, sha256, detail } of report.problems)
    say([kind, sha256, detail].filter(Boolean).join('  '));
  say(summary(report));
  if (report.problems.length > 0) process.exitCode = EXIT.failed;
}

function summary({ images, uploads, bytes, problems }: CheckReport): string {
  const verdict = problems.length === 0 ? 'all is well' : `${problems.length} problems`;
  return `${images} images of ${bytes} bytes, ${uploads} uploads: ${verdict}`;
}

async function backup(to: string, flags: RecordsFlags): Promise<void> {
  const { backUpEmbeddedStore, isCluster } = await import('@coupon-media/server');
  const config = await configOf(flags);
  if (isCluster(config)) throw new Error(BACKUP_OF_A_CLUSTER);
  const { images, files, missing } = await backUpEmbeddedStore({ folder: config.data, to });
  for (const sha256 of missing) say(`missing  ${sha256}`);
  say(`${images} images copied to ${to}, ${files} of them files`);
  if (missing.length > 0) process.exitCode = EXIT.failed;
}

const BACKUP_OF_A_CLUSTER = [
  "a cluster is backed up by its engines' own means: the database first, by pg_dump or the provider's snapshots, then the bucket,",
  'by versioning or replication (what has a row has an object); Redis needs none. For a folder, give --data',
].join(' ');

/** A filename may hold what moves a terminal's cursor or turns its text around: such characters are written as escapes. */
function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
