import type { Command } from 'commander';
import { readFileList } from '../discovery/file-list.js';
import { STDIN } from '../discovery/find.js';
import { filesInManifest } from '../manifest/manifest.js';
import type { Shell } from '../shell/shell.js';
import { type UploadFlags, uploadNamed } from './upload-session.js';

interface Flags extends UploadFlags {
  filesFrom?: string;
  null?: true;
}

export async function upload(shell: Shell, paths: string[], flags: Flags, command: Command): Promise<void> {
  const { filesFrom, null: nul = false } = flags;
  if (paths.length === 0 && filesFrom === undefined) command.error(shell.say('upload.nothingNamed'));
  if (filesFrom === STDIN && paths.includes(STDIN)) command.error(shell.say('upload.stdinTwice'));
  const listed = filesFrom === undefined ? [] : await filesOf(filesFrom, nul);
  process.exitCode = await uploadNamed([...paths, ...listed], flags, shell);
}

async function filesOf(list: string, nul: boolean): Promise<string[]> {
  return filesInManifest(list) ?? readFileList(list, nul, process.stdin);
}
