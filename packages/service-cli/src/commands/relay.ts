import type { SettingName } from '@coupon-media/server/settings';
import { untilStopped } from 'coupon-media/shell';
import type { ServiceShell } from '../messages/messages.js';
import { enginesOf } from '../records.js';
import { loadRelay } from '../relay-records.js';

type Flags = { [Name in SettingName]?: string };

/** `coupon-media relay`. */
export async function relay(shell: ServiceShell, flags: Flags): Promise<void> {
  const { describedStore, freeMemoryWhenIdle, letHeapGrow, readConfig } = await import(
    '@coupon-media/server'
  );
  const { startRelay } = await loadRelay();
  const config = readConfig(flags);
  letHeapGrow();
  freeMemoryWhenIdle();
  const service = await startRelay(config, await enginesOf(config));
  // It listens for signals before it prints that it serves, since a reader of that line may stop it at once.
  const stopped = untilStopped();
  const { host, port } = service.address;
  const store = describedStore(config, shell.language);
  shell.err.lines(shell.say('relay.running', { store, host, port }));
  await stopped;
  await service.stop();
}
