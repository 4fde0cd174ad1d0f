import { type SettingName, settingsHelp } from '@coupon-media/server/settings';
import { Command } from 'commander';
import { untilStopped } from 'coupon-media/shell';
import type { ServiceShell } from '../messages/messages.js';
import { configuredOptions } from '../options.js';
import { enginesOf } from '../records.js';
import { loadRelay } from '../relay-records.js';
import { forgetCommand } from './relay-forget.js';
import { importCommand } from './relay-import.js';

type Flags = { [Name in SettingName]?: string };

/** `coupon-media relay`. */
export function relayCommand(shell: ServiceShell): Command {
  const { language, say } = shell;
  const command = new Command('relay')
    .description(say('relay.description'))
    .addCommand(forgetCommand(shell))
    .addCommand(importCommand(shell));
  for (const option of configuredOptions(language, 'relay')) command.addOption(option);
  return command
    .addHelpText('after', settingsHelp(language, 'relay'))
    .action((flags: Flags) => relay(flags, shell));
}

async function relay(flags: Flags, shell: ServiceShell): Promise<void> {
  const { describedStore, letHeapGrow, readConfig } = await import('@coupon-media/server');
  const { startRelay } = await loadRelay();
  const config = readConfig(flags);
  letHeapGrow();
  const service = await startRelay(config, await enginesOf(config));
  // It listens for signals before it prints that it serves, since a reader of that line may stop it at once.
  const stopped = untilStopped();
  const { host, port } = service.address;
  const store = describedStore(config, shell.language);
  shell.err.lines(shell.say('relay.running', { store, host, port }));
  await stopped;
  await service.stop();
}
