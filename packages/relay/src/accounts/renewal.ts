import { stat } from 'node:fs/promises';
import { errorText } from '@coupon-media/apiv3';
import type { ServiceLog } from '@coupon-media/server';
import type { Account } from './accounts.js';

/**
 * Reads a profile again when its file has changed: a certificate that an operator writes into `nextCertificates` is used from its moment on,
 * without a restart. Everything else of a profile is read at start only.
 *
 * @param pause milliseconds between two looks
 */
export async function watchProfiles(
  accounts: readonly Pick<Account, 'name' | 'profile' | 'client'>[],
  log: Pick<ServiceLog, 'info' | 'error'>,
  pause = 10_000,
): Promise<() => void> {
  const seen = new Map<string, number>();

  async function look(): Promise<void> {
    for (const { name, profile, client } of accounts) {
      const changed = await stat(profile).then(
        ({ mtimeMs }) => mtimeMs,
        () => undefined,
      );
      const before = seen.get(name);
      if (changed === undefined || changed === before) continue;
      seen.set(name, changed);
      if (before === undefined) continue;
      try {
        client.rereadProfile();
        log.info({ account: name, profile }, 'the profile has changed: its nextCertificates were read again');
      } catch (err) {
        const { en } = errorText(err);
        log.error({ account: name, profile, err }, `the profile has changed, and cannot be used: ${en}`);
      }
    }
  }

  await look();
  const timer = setInterval(() => void look(), pause).unref();
  return () => clearInterval(timer);
}
