import type { MerchantStore } from '@coupon-media/server';
import { Option } from 'commander';

/** Which service's merchants and keys a command is about. */
export interface RecordsFlags {
  data?: string;
}

export function dataOption(): Option {
  return new Option('--data <dir>', "the service's folder (default: COUPON_MEDIA_DATA, else .coupon-media)");
}

/** The folder that a command is about. */
export async function folderOf({ data }: RecordsFlags): Promise<string> {
  const { readConfig } = await import('@coupon-media/server');
  return readConfig({ data }).data;
}

/** Opens a service's merchants and keys for one command. The service may be running: it sees a change within a second. */
export async function withRecords<T>(
  flags: RecordsFlags,
  use: (records: MerchantStore) => Promise<T>,
): Promise<T> {
  const { openEmbeddedMerchants } = await import('@coupon-media/server');
  const records = await openEmbeddedMerchants({ folder: await folderOf(flags) });
  try {
    return await use(records);
  } finally {
    await records.close();
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
