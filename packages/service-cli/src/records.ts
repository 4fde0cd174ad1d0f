import type { ImageReader, MerchantStore, ServiceConfig } from '@coupon-media/server';
import { loadCluster } from './cluster.js';
import type { ServiceShell } from './messages/messages.js';

/** Which service's merchants, keys and images a command is about. */
export interface RecordsFlags {
  data?: string;
}

/**
 * The store that a command is about: a folder that is given, else the cluster that the environment names, else a folder.
 * Where the environment names a cluster it is said on standard error which of the two it is.
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
  const records = isCluster(config)
    ? await (await loadCluster()).openClusterMerchants(config)
    : await openEmbeddedMerchants({ folder: config.data });
  try {
    return await use(records);
  } finally {
    await records.close();
  }
}

/** Opens a service's images for one command, to read. */
export async function withImages<T>(
  flags: RecordsFlags,
  shell: ServiceShell,
  use: (images: ImageReader) => Promise<T>,
): Promise<T> {
  const { isCluster, openEmbeddedImages } = await import('@coupon-media/server');
  const config = await configOf(flags, shell);
  const images = isCluster(config)
    ? await (await loadCluster()).openClusterImages(config)
    : await openEmbeddedImages({ folder: config.data });
  try {
    return await use(images);
  } finally {
    await images.close();
  }
}

/** What is no result: on standard error. */
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
