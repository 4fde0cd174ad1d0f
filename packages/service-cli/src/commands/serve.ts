import type { ServiceConfig, StartOptions } from '@coupon-media/server';
import { type SettingName, settingOptions, settingsHelp } from '@coupon-media/server/settings';
import { Command, Option } from 'commander';
import { untilStopped } from 'coupon-media/shell';
import type { ServiceShell } from '../messages/messages.js';
import { loadCluster } from '../records.js';

type Flags = { [Name in SettingName]?: string };

export function serveCommand(shell: ServiceShell): Command {
  const command = new Command('serve').description(shell.say('serve.description'));
  for (const option of optionsIn(shell)) command.addOption(option);
  return command
    .addHelpText('after', settingsHelp(shell.language))
    .action((flags: Flags) => serve(flags, shell));
}

/**
 * The settings that have an option; under the setting's name, whatever the option is called. What is given is judged as the
 * environment's is, and not by commander: it would quote a key that was given in a path's place.
 */
function optionsIn({ language }: ServiceShell): Option[] {
  return settingOptions(language).map(({ name, flags, description }) => {
    const option = new Option(flags, description);
    option.attributeName = () => name;
    return option;
  });
}

async function serve(flags: Flags, shell: ServiceShell): Promise<void> {
  const { describedStore, readConfig, startService } = await import('@coupon-media/server');
  const config = readConfig(flags);
  const service = await startService(config, await enginesOf(config));
  // Before it is said to serve: whoever reads that may end it at once, and is to end it in order.
  const stopped = untilStopped();
  const { host, port } = service.address;
  const store = describedStore(config, shell.language);
  shell.err.lines(shell.say('serve.running', { store, host, port, url: service.publicUrl }));
  await stopped;
  await service.stop();
}

/** What a service is started with: where the configuration names a cluster, how its engines are opened. */
async function enginesOf(config: ServiceConfig): Promise<StartOptions> {
  const { isCluster } = await import('@coupon-media/server');
  if (!isCluster(config)) return {};
  const { openClusterEngines } = await loadCluster();
  return { openEngines: (watch) => openClusterEngines(config, watch) };
}
