import { userInfo } from 'node:os';
import type { Operated, OperatedTokens, RelayRecords } from '@coupon-media/relay';
import { CommandError } from 'coupon-media/shell';
import type { ServiceKey, ServiceShell } from './messages/messages.js';
import { configOf, loadCluster, type RecordsFlags, tellStore } from './records.js';

/**
 * Opens what a relay records, for one command. The relay may be running.
 *
 * @throws FolderError if the folder holds no store
 */
export async function withRelay<T>(
  flags: RecordsFlags,
  shell: ServiceShell,
  use: (records: RelayRecords) => Promise<T>,
): Promise<T> {
  const { checkHoldsStore, isCluster, openEmbeddedDatabase } = await import('@coupon-media/server');
  const { openRelayRecords } = await loadRelay();
  const config = await configOf(flags);
  if (!isCluster(config)) await checkHoldsStore(config.data);
  const database = isCluster(config)
    ? await (await loadCluster()).openClusterDatabase(config)
    : await openEmbeddedDatabase({ folder: config.data });
  try {
    await tellStore(config, shell);
    const records = await openRelayRecords(database);
    try {
      return await use(records);
    } finally {
      await records.close();
    }
  } finally {
    await database.close();
  }
}

/** @throws CommandError that says what to install */
export async function loadRelay(): Promise<typeof import('@coupon-media/relay')> {
  try {
    return await import('@coupon-media/relay');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_MODULE_NOT_FOUND' && message.includes("'@coupon-media/relay'"))
      throw new CommandError<ServiceKey>('relay.notInstalled');
    throw error;
  }
}
/** @returns the records, and who ran the command, for the audit: sudo names who used it */
export function operatedBy(
  { database, audit, tokens }: RelayRecords,
  { environment }: ServiceShell,
): Operated & OperatedTokens {
  return { database, audit, tokens, caller: `machine:${environment.SUDO_USER ?? userInfo().username}` };
}
