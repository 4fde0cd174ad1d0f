import type { TokenRecord, TokenScope } from '@coupon-media/relay';
import { CommandError, EXIT } from 'coupon-media/shell';
import type { ServiceKey, ServiceSay, ServiceShell } from '../messages/messages.js';
import { configOf, day, type RecordsFlags, remark } from '../records.js';
import { loadRelay, operatedBy, withRelay } from '../relay-records.js';

interface CreateFlags extends RecordsFlags {
  account: string;
  name: string;
  scope: TokenScope[];
  quota?: number;
  /** Seconds. */
  expires?: number;
}

/** `coupon-media token create`. */
export async function create(shell: ServiceShell, flags: CreateFlags): Promise<void> {
  const { account, name, scope, quota, expires, ...where } = flags;
  const expiresAt = expires === undefined ? undefined : Date.now() + expires * 1000;
  const { createToken, findAccount } = await loadRelay();
  // Only the first upload would say that there is no such account.
  const { accountsFile } = await configOf(where);
  if (accountsFile !== undefined) await findAccount(accountsFile, account);
  const { token, text } = await withRelay(where, shell, (records) =>
    createToken(operatedBy(records, shell), { account, name, scopes: scope, quota, expiresAt }),
  );
  // Standard output has the token alone, so that a script can keep it.
  remark(shell, shell.say('token.created', { id: token.id, account }));
  shell.out.lines(text);
}

/** `coupon-media token list`. */
export async function list(shell: ServiceShell, flags: RecordsFlags): Promise<void> {
  const { out, say } = shell;
  const tokens = await withRelay(flags, shell, ({ tokens: all }) => all.list());
  for (const token of tokens) {
    const { id, account, name, scopes, quota } = token;
    const rate = quota === undefined ? undefined : say('merchant.quotaOwn', { n: quota });
    const parts = [id, account, scopes.join(','), standing(token, say), rate, JSON.stringify(name)];
    out.lines(parts.filter((part) => part !== undefined).join('  '));
  }
  if (tokens.length === 0) out.lines(say('token.none'));
}

function standing({ expiresAt, revokedAt }: TokenRecord, say: ServiceSay): string {
  const on = (moment: number) => ({ day: day(moment / 1000) });
  if (revokedAt !== undefined) return say('certificate.revoked', on(revokedAt));
  if (expiresAt === undefined) return say('token.valid');
  return say(expiresAt > Date.now() ? 'certificate.valid' : 'certificate.expired', on(expiresAt));
}

/** `coupon-media token revoke`. */
export async function revoke(shell: ServiceShell, id: string, flags: RecordsFlags): Promise<void> {
  const { revokeToken } = await loadRelay();
  const token = await withRelay(flags, shell, (records) => revokeToken(operatedBy(records, shell), id));
  if (!token) throw new CommandError<ServiceKey>('token.unknown', {}, EXIT.failed);
  shell.out.lines(shell.say('token.revoked', { id }));
}
