import type { ImageReader, MerchantStore, ServiceConfig } from '@coupon-media/server';
import { CommandError } from 'coupon-media/shell';
import type { ServiceKey, ServiceShell } from './messages/messages.js';

/** The flag that selects the service of a command. */
export interface RecordsFlags {
  data?: string;
}

/**
 * Reads the configuration of the store for a command: the given folder, else the cluster of the environment, else the default
 * folder. If the environment names a cluster, standard error shows which store is used.
 */
export async function configOf({ data }: RecordsFlags, shell: ServiceShell): Promise<ServiceConfig> {
  const { describedStore, isCluster, readConfig } = await import('@coupon-media/server');
  const config = readConfig({ data });
  if (isCluster(config) || shell.environment.COUPON_MEDIA_DATABASE_URL)
    remark(shell, shell.say('records.whose', { store: describedStore(config, shell.language) }));
  return config;
}

/** Opens a service's merchants and keys for one command. The service may be running: it sees a change within a second. */
export async function withRecords<T>(
  flags: RecordsFlags,
  shell: ServiceShell,
  use: (records: MerchantStore) => Promise<T>,
): Promise<T> {
  const { isCluster, openEmbeddedMerchants } = await import('@coupon-media/server');
  const config = await configOf(flags, shell);
  return isCluster(config)
    ? closing(await (await loadCluster()).openClusterMerchants(config), use)
    : closing(await openEmbeddedMerchants({ folder: config.data }), use);
}

/** Opens a service's images for one command, to read. */
export async function withImages<T>(
  flags: RecordsFlags,
  shell: ServiceShell,
  use: (images: ImageReader) => Promise<T>,
): Promise<T> {
  const { isCluster, openEmbeddedImages } = await import('@coupon-media/server');
  const config = await configOf(flags, shell);
  return isCluster(config)
    ? closing(await (await loadCluster()).openClusterImages(config), use)
    : closing(await openEmbeddedImages({ folder: config.data }), use);
}

async function closing<Store extends { close(): Promise<void> }, T>(
  store: Store,
  use: (store: Store) => Promise<T>,
): Promise<T> {
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** Prints a remark on standard error. */
export function remark({ err }: ServiceShell, text: string): void {
  err.lines(`coupon-media: ${text}`);
}

/** Unix seconds. */
export function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** @param second Unix seconds */
export function day(second: number): string {
  return new Date(second * 1000).toISOString().slice(0, 10);
}

/**
 * Loads the engines of a cluster only if the configuration names one, since a folder does not need their libraries.
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

/** Tells whether this package was not found, rather than one of its dependencies. */
function isMissing(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ERR_MODULE_NOT_FOUND' && message.includes("'@coupon-media/cluster'");
}
