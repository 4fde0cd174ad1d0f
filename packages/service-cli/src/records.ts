import type { ImageReader, MerchantStore, ServiceConfig, StartOptions } from '@coupon-media/server';
import { CommandError } from 'coupon-media/shell';
import type { ServiceKey, ServiceShell } from './messages/messages.js';

/** The flag that selects the service of a command. */
export interface RecordsFlags {
  data?: string | undefined;
}

/** Reads the configuration of the store for a command: the given folder, else the cluster of the environment, else the default folder. */
export async function configOf({ data }: RecordsFlags): Promise<ServiceConfig> {
  const { readConfig } = await import('@coupon-media/server');
  return readConfig({ data });
}

/** Prints on standard error which store a command uses, because a wrong folder looks like a right one. */
export async function tellStore(
  config: ServiceConfig,
  shell: ServiceShell,
  key: 'records.whose' | 'records.made' = 'records.whose',
): Promise<void> {
  const { describedStore } = await import('@coupon-media/server');
  remark(shell, shell.say(key, { store: describedStore(config, shell.language) }));
}

/**
 * Opens a service's merchants and keys for one command. The service may be running: it sees a change within a second.
 *
 * @param how `creates`: a store is made where there is none, and standard error says so. Default: false, an error. `changes`: the
 *   command changes the records, which is refused in a folder that was moved to a cluster. Default: false
 */
export async function withRecords<T>(
  flags: RecordsFlags,
  shell: ServiceShell,
  use: (records: MerchantStore) => Promise<T>,
  { creates = false, changes = false }: { creates?: boolean; changes?: boolean } = {},
): Promise<T> {
  const { checkNotMoved, holdsStore, isCluster, openEmbeddedMerchants } = await import(
    '@coupon-media/server'
  );
  const config = await configOf(flags);
  if (changes && !isCluster(config)) await checkNotMoved(config.data);
  const isNew = !isCluster(config) && creates && !(await holdsStore(config.data));
  const records = isCluster(config)
    ? await (await loadCluster()).openClusterMerchants(config)
    : await openEmbeddedMerchants({ folder: config.data, create: creates });
  await tellStore(config, shell, isNew ? 'records.made' : 'records.whose');
  return closing(records, use);
}

/** Opens a service's images for one command, to read. */
export async function withImages<T>(
  flags: RecordsFlags,
  shell: ServiceShell,
  use: (images: ImageReader) => Promise<T>,
): Promise<T> {
  const { isCluster, openEmbeddedImages } = await import('@coupon-media/server');
  const config = await configOf(flags);
  const images = isCluster(config)
    ? await (await loadCluster()).openClusterImages(config)
    : await openEmbeddedImages({ folder: config.data });
  await tellStore(config, shell);
  return closing(images, use);
}

/** The start options of a service: if the configuration names a cluster, the function that opens its engines. */
export async function enginesOf(config: ServiceConfig): Promise<StartOptions> {
  const { isCluster } = await import('@coupon-media/server');
  if (!isCluster(config)) return {};
  const { openClusterEngines } = await loadCluster();
  return { openEngines: (watch) => openClusterEngines(config, watch) };
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

/** @param second Unix seconds */
export function minute(second: number): string {
  return `${new Date(second * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/**
 * Loads the engines of a cluster only if the configuration names one, since a folder does not need their libraries.
 *
 * @throws CommandError that says what to install
 */
export async function loadCluster(): Promise<typeof import('@coupon-media/cluster')> {
  // With Node 20, which this program supports, AWS's library would print seven lines about its own releases of next year.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
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
