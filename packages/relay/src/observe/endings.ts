import { openTokens } from '@coupon-media/door';
import type { ServiceLog } from '@coupon-media/server';
import type { Database } from '@coupon-media/server/engine';
import type { Accounts } from '../accounts/accounts.js';
import type { Alarms } from './alarms.js';
import { type Ending, watchExpiries } from './expiries.js';

/** Milliseconds between two looks at the tokens. */
const EVERY = 600_000;

/**
 * Watches what ends: the certificates of the accounts, and the tokens.
 *
 * @returns ends it
 */
export async function watchEndings({
  database,
  accounts,
  alarms,
  log,
  clock,
}: {
  readonly database: Database;
  readonly accounts: Pick<Accounts, 'all'>;
  readonly alarms: Alarms;
  readonly log: Pick<ServiceLog, 'warn'>;
  readonly clock: () => number;
}): Promise<() => void> {
  const tokens = await openTokens(database, { now: clock });
  let ofTokens: readonly Ending[] = [];
  const look = async () => {
    ofTokens = (await tokens.list()).flatMap(({ id, account, revokedAt, expiresAt }) =>
      // What has ended opens nothing any more: its bearer hears of it, and nobody has to act.
      expiresAt === undefined || revokedAt !== undefined || expiresAt < clock()
        ? []
        : [{ what: 'token', account, token: id, notAfter: Math.floor(expiresAt / 1000) }],
    );
  };
  await look();
  const { close, check } = watchExpiries(
    alarms,
    () => [
      ...accounts.all.flatMap(({ name, client }) =>
        client.expiries().map(({ what, notAfter }) => ({ what, notAfter, account: name })),
      ),
      ...ofTokens,
    ],
    clock,
  );
  const timer = setInterval(() => {
    look().then(check, (err: unknown) => log.warn({ err }, 'the tokens could not be looked at'));
  }, EVERY).unref();
  return () => {
    clearInterval(timer);
    close();
  };
}
