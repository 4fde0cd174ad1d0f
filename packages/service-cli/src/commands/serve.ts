import type { SettingName } from '@coupon-media/server/settings';
import { untilStopped } from 'coupon-media/shell';
import type { ServiceShell } from '../messages/messages.js';
import { enginesOf, remark } from '../records.js';

type Flags = { [Name in SettingName]?: string };

/** `coupon-media serve`. */
export async function serve(shell: ServiceShell, flags: Flags): Promise<void> {
  const { describedStore, freeMemoryWhenIdle, letHeapGrow, readConfig, startService } = await import(
    '@coupon-media/server'
  );
  const config = readConfig(flags);
  const runtime = otherRuntime(process.versions);
  if (runtime) remark(shell, shell.say('serve.otherRuntime', { runtime }));
  letHeapGrow();
  freeMemoryWhenIdle();
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
