import { stat } from 'node:fs/promises';
import type { ServiceLog } from '@coupon-media/server';

/** What others must not do with a file: read a key, or change what says where images go and whose URLs a caller gets. */
const EXPOSURES = {
  key: { bits: 0o044, told: 'other users can read this key: run chmod 600 on it' },
  settings: { bits: 0o022, told: 'other users can change this file: run chmod go-w on it' },
};

/**
 * Warns if other users of this machine can do that. It refuses nothing, since a group may be shared on purpose.
 *
 * @param file one that is missing, or is no file, is reported where it is used
 */
export async function warnOfExposure(
  what: keyof typeof EXPOSURES,
  file: string,
  log: Pick<ServiceLog, 'warn'>,
): Promise<void> {
  // Windows has no such modes.
  if (process.platform === 'win32') return;
  const mode = await stat(file).then(
    (stats) => stats.mode,
    () => 0,
  );
  const { bits, told } = EXPOSURES[what];
  if ((mode & bits) !== 0) log.warn({ file }, told);
}
