import type { ImageReader, MerchantStore, ServiceConfig } from '@coupon-media/server';
import { Option } from 'commander';
import { loadCluster } from './cluster.js';

/** Which service's merchants, keys and images a command is about. */
export interface RecordsFlags {
  data?: string;
}

export function dataOption(): Option {
  return new Option(
    '--data <dir>',
    "the service's folder (default: the cluster of COUPON_MEDIA_DATABASE_URL, else COUPON_MEDIA_DATA, else .coupon-media)",
  );
}

/**
 * The store that a command is about: a folder that is given, else the cluster that the environment names, else a folder.
 * Where the environment names a cluster it is said on standard error which of the two it is.
 */
export async function configOf({ data }: RecordsFlags): Promise<ServiceConfig> {
  const { describedStore, isCluster, readConfig } = await import('@coupon-media/server');
  const config = readConfig({ data });
  if (isCluster(config) || process.env.COUPON_MEDIA_DATABASE_URL) remark(`this is ${describedStore(config)}`);
  return config;
}

/** Opens a service's merchants and keys for one command. The service may be running: it sees a change within a second. */
export async function withRecords<T>(
  flags: RecordsFlags,
  use: (records: MerchantStore) => Promise<T>,
): Promise<T> {
  const { isCluster, openEmbeddedMerchants } = await import('@coupon-media/server');
  const config = await configOf(flags);
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
  use: (images: ImageReader) => Promise<T>,
): Promise<T> {
  const { isCluster, openEmbeddedImages } = await import('@coupon-media/server');
  const config = await configOf(flags);
  const images = isCluster(config)
    ? await (await loadCluster()).openClusterImages(config)
    : await openEmbeddedImages({ folder: config.data });
  try {
    return await use(images);
  } finally {
    await images.close();
  }
}

/** Unix seconds. */
export function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** @param second Unix seconds */
export function day(second: number): string {
  return new Date(second * 1000).toISOString().slice(0, 10);
}

export function say(...lines: string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

/** What is no result: on standard error. */
export function remark(line: string): void {
  process.stderr.write(`coupon-media: ${line}\n`);
}
