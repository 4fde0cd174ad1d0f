import type { CheckReport } from '@coupon-media/server';
import { Command } from 'commander';
import { EXIT } from '../failure.js';
import { limitOption } from '../options.js';
import { dataOption, folderOf, type RecordsFlags, say } from '../records.js';

interface ListFlags extends RecordsFlags {
  merchant?: string;
  filename?: string;
  limit: number;
  cursor?: string;
  json?: true;
}

export function storeCommand(): Command {
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
        .addOption(dataOption())
        .action(check),
    )
    .addCommand(
      new Command('backup')
        .description('copy everything as of now into an empty folder, which opens as a store')
        .argument('<dir>', 'where to')
        .addOption(dataOption())
        .action(backup),
    );
}

async function list({ json, ...query }: ListFlags): Promise<void> {
  const { openEmbeddedImages } = await import('@coupon-media/server');
  const images = await openEmbeddedImages({ folder: await folderOf(query) });
  try {
    const { uploads, next } = await images.uploads(query);
    for (const upload of uploads) {
      const { uploadedAt, merchant, sha256, kind, bytes, filename } = upload;
      const row = `${new Date(uploadedAt).toISOString()}  ${merchant}  ${sha256}.${kind}  ${bytes}  ${visible(filename)}`;
      say(json ? JSON.stringify(upload) : row);
    }
    if (next !== undefined) process.stderr.write(`more: --cursor ${next}\n`);
  } finally {
    await images.close();
  }
}

async function check(flags: RecordsFlags): Promise<void> {
  const { checkEmbeddedStore } = await import('@coupon-media/server');
  const report = await checkEmbeddedStore({ folder: await folderOf(flags) });
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
  const { backUpEmbeddedStore } = await import('@coupon-media/server');
  const { images, files, missing } = await backUpEmbeddedStore({ folder: await folderOf(flags), to });
  for (const sha256 of missing) say(`missing  ${sha256}`);
  say(`${images} images copied to ${to}, ${files} of them files`);
  if (missing.length > 0) process.exitCode = EXIT.failed;
}

/** A filename may hold what moves a terminal's cursor or turns its text around: such characters are written as escapes. */
function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
