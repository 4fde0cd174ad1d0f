import { Command, Option } from 'commander';
import { readFileList } from '../discovery/file-list.js';
import { STDIN } from '../discovery/find.js';
import { LINES_AT_ONCE } from '../ledger/append.js';
import { filesInManifest } from '../manifest/manifest.js';
import { withProfile } from '../profile/settings.js';
import { numberOption } from '../shell/arguments.js';
import type { Shell } from '../shell/shell.js';
import { type UploadFlags, uploadNamed } from './upload-session.js';

interface Flags extends UploadFlags {
  filesFrom?: string;
  null?: true;
}

export function uploadCommand(shell: Shell): Command {
  const { say } = shell;
  const command = new Command('upload')
    .description(say('upload.description'))
    .argument('[path...]', say('upload.argument'))
    .option('--files-from <file>', say('upload.filesFrom'))
    .option('-0, --null', say('upload.null'))
    .option('--filename <name>', say('upload.filename'))
    .addOption(new Option('--slot <slot>', say('upload.slot')).choices(['icon', 'background', 'detail']))
    .option('--prepare', say('upload.prepare'))
    .addOption(new Option('--fit <fit>', say('upload.fit')).choices(['crop', 'pad', 'contain']))
    .addOption(
      new Option('--focus <side>', say('upload.focus')).choices(['centre', 'top', 'bottom', 'left', 'right']),
    )
    .option('--background <colour>', say('upload.background'))
    .option('--enlarge', say('upload.enlarge'))
    .option('--send-doubtful', say('upload.sendDoubtful'))
    .option('-n, --dry-run', say('upload.dryRun'))
    .addOption(numberOption('--concurrency <n>', say('upload.concurrency'), [1, LINES_AT_ONCE]).default(4))
    .addOption(numberOption('--rate <n>', say('upload.rate'), [0, 1000]).default(10))
    .addOption(numberOption('--retries <n>', say('upload.retries'), [0, 3]).default(3))
    .addOption(numberOption('--timeout <seconds>', say('upload.timeout'), [1, 3600]))
    .option('--ledger <file>', say('upload.ledger'))
    .option('--no-ledger', say('upload.noLedger'))
    .option('--manifest <file>', say('upload.manifestOption'))
    .option('--json', say('upload.json'))
    .option('-q, --quiet', say('upload.quiet'));
  return withProfile(command, say)
    .addHelpText('after', `\n${say('upload.help')}`)
    .action((paths: string[], flags: Flags) => upload(paths, flags, shell, command));
}

async function upload(paths: string[], flags: Flags, shell: Shell, command: Command): Promise<void> {
  const { filesFrom, null: nul = false } = flags;
  if (paths.length === 0 && filesFrom === undefined) command.error(shell.say('upload.nothingNamed'));
  if (filesFrom === STDIN && paths.includes(STDIN)) command.error(shell.say('upload.stdinTwice'));
  const listed = filesFrom === undefined ? [] : await filesOf(filesFrom, nul);
  process.exitCode = await uploadNamed([...paths, ...listed], flags, shell);
}

async function filesOf(list: string, nul: boolean): Promise<string[]> {
  return filesInManifest(list) ?? readFileList(list, nul, process.stdin);
}
