import { CommandError } from 'coupon-media/shell';
import type { ServiceKey } from './messages/messages.js';

/**
 * The engines of a cluster, loaded where a configuration names one: their libraries are no part of what a folder needs.
 *
 * @throws CommandError that says what to install
 */
export async function loadCluster(): Promise<typeof import('@coupon-media/cluster')> {
  try {
    return await import('@coupon-media/cluster');
  } catch (error) {
    if (isMissing(error)) throw new CommandError<ServiceKey>('cluster.notInstalled');
    throw error;
  }
}

/** Whether it is this package that was not found, and not one that it needs in turn. */
function isMissing(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ERR_MODULE_NOT_FOUND' && message.includes("'@coupon-media/cluster'");
}
