import type { ServiceConfig, StartOptions } from '@coupon-media/server';
import { type SettingName, settingOptions, settingsHelp } from '@coupon-media/server/settings';
import { Command, Option } from 'commander';
import { untilStopped } from 'coupon-media/shell';
import type { ServiceShell } from '../messages/messages.js';
import { loadCluster, remark } from '../records.js';

type Flags = { [Name in SettingName]?: string };

export function serveCommand(shell: ServiceShell): Command {
  const command = new Command('serve').description(shell.say('serve.description'));
  for (const option of optionsIn(shell)) command.addOption(option);
  return command
    .addHelpText('after', settingsHelp(shell.language))
    .action((flags: Flags) => serve(flags, shell));
}

/**
 * The settings that have an option, stored under the name of the setting. The configuration checks their values like those of
 * the environment; commander would quote a key that was given in place of a path.
 */
function optionsIn({ language }: ServiceShell): Option[] {
  return settingOptions(language).map(({ name, flags, description }) => {
    const option = new Option(flags, description);
    option.attributeName = () => name;
    return option;
  });
}

async function serve(flags: Flags, shell: ServiceShell): Promise<void> {
  const { describedStore, letHeapGrow, readConfig, startService } = await import('@coupon-media/server');
  const config = readConfig(flags);
  const runtime = otherRuntime(process.versions);
  if (runtime) remark(shell, shell.say('serve.otherRuntime', { runtime }));
  letHeapGrow();
  const service = await startService(config, await enginesOf(config));
  // It listens for signals before it prints that it serves, since a reader of that line may stop it at once.
  const stopped = untilStopped();
  const { host, port } = service.address;
  const store = describedStore(config, shell.language);
  shell.err.lines(shell.say('serve.running', { store, host, port, url: service.publicUrl }));
  await stopped;
  await service.stop();
}

/** @returns name and version of a runtime that is not Node */
function otherRuntime({ bun, deno }: NodeJS.ProcessVersions): string | undefined {
  if (bun) return `Bun ${bun}`;
  return deno ? `Deno ${deno}` : undefined;
}

/** The start options of a service: if the configuration names a cluster, the function that opens its engines. */
async function enginesOf(config: ServiceConfig): Promise<StartOptions> {
  const { isCluster } = await import('@coupon-media/server');
  if (!isCluster(config)) return {};
  const { openClusterEngines } = await loadCluster();
  return { openEngines: (watch) => openClusterEngines(config, watch) };
}
