import { BilingualError, filled, type SchemeName, type Text } from '@coupon-media/apiv3';
import { type Client, createClient, type Hooks, type Limiter } from '@coupon-media/client';
import type { ServiceLog } from '@coupon-media/server';
import { RelayError } from '../relay-error.js';
import type { AccountConfiguration, AccountsConfiguration } from './configuration.js';
import { warnOfExposure } from './exposure.js';
import { readIdentity } from './identity.js';
import { openSigner } from './signer.js';

/** An account at upstream, whose client is open. */
export interface Account {
  readonly name: string;
  /** The kind of merchant that it is: it decides which endpoints it has. */
  readonly scheme: SchemeName;
  /** The account whose pace it has: its own name, or another's. */
  readonly pace: string;
  /** The path of its profile. */
  readonly profile: string;
  readonly client: Client;
  /** What signs in place of a private key in the profile. */
  readonly signer: { close(): Promise<void> } | undefined;
  /** Whether upstream is on this machine, so that it is a sandbox. */
  readonly isLocal: boolean;
}

export interface Accounts {
  readonly all: readonly Account[];
  find(name: string): Account | undefined;
  /** @returns the account that a caller may use; undefined if there is none */
  ofCaller(caller: string, scheme: SchemeName): Account | undefined;
  close(): Promise<void>;
}

/** What the clients of an account share with the relay. */
export interface AccountParts {
  /** Bounds the calls under way, and gives each request its turn. */
  limiter(account: string, pace: string): Limiter;
  hooks(account: string, pace: string): Hooks;
}

/**
 * Opens the client of each account. It reads the keys at once, so that what is wrong is said at start; it sends nothing.
 *
 * @throws RelayError
 */
export async function openAccounts(
  configuration: AccountsConfiguration,
  parts: AccountParts,
  log: Pick<ServiceLog, 'warn'>,
): Promise<Accounts> {
  const all: Account[] = [];
  for (const [name, row] of configuration) all.push(await openAccount(name, row, parts, log));
  const open = new Map<SchemeName, Account>();
  const granted = new Map<string, Account>();
  for (const account of all) {
    const { callers } = configuration.get(account.name) ?? {};
    for (const caller of callers ?? []) granted.set(caller, account);
    if (callers) continue;
    const other = open.get(account.scheme);
    if (other) throw twoOpen(account.name, other.name);
    open.set(account.scheme, account);
  }
  return {
    all,
    find: (wanted) => all.find(({ name }) => name === wanted),
    ofCaller(caller, scheme) {
      const own = granted.get(caller);
      return own?.scheme === scheme ? own : open.get(scheme);
    },
    async close() {
      await Promise.all(all.map(({ client, signer }) => client.close().then(() => signer?.close())));
    },
  };
}

async function openAccount(
  name: string,
  { profile, paceOf = name, deadlines }: AccountConfiguration,
  parts: AccountParts,
  log: Pick<ServiceLog, 'warn'>,
): Promise<Account> {
  try {
    const { scheme, keyFiles, isLocal } = await readIdentity(profile);
    const signer = await openSigner(profile);
    const client = createClient({
      ...{ profile, deadlines, privateKey: signer },
      limit: parts.limiter(name, paceOf),
      hooks: parts.hooks(name, paceOf),
    });
    for (const file of keyFiles) await warnOfExposure('key', file, log);
    await warnOfExposure('settings', profile, log);
    return { name, scheme, pace: paceOf, profile, client, signer, isLocal };
  } catch (cause) {
    // The client says what is wrong with the profile, and a token what is wrong with it.
    if (!(cause instanceof BilingualError)) throw cause;
    throw new RelayError('ACCOUNT_UNUSABLE', filled(UNUSABLE, { name, reason: cause.texts }), { cause });
  }
}

function twoOpen(name: string, other: string): RelayError {
  return new RelayError('ACCOUNTS_WRONG', filled(TWO_OPEN, { name, other }));
}

const UNUSABLE: Text = {
  'zh-CN': '账号 {name} 无法使用：{reason}',
  en: 'account {name} cannot be used: {reason}',
};
const TWO_OPEN: Text = {
  'zh-CN':
    '账号 {name} 和 {other} 都没有设置 callers，无法确定调用方使用哪一个；请为其中至少一个设置 callers',
  en: 'the accounts {name} and {other} both have no callers, so a caller could use either: give one of them its callers',
};
