import type { TokenRecord, TokenScope } from '@coupon-media/relay';
import { Command, InvalidArgumentError, Option } from 'commander';
import { CommandError, EXIT, numberOption } from 'coupon-media/shell';
import type { ServiceKey, ServiceSay, ServiceShell } from '../messages/messages.js';
import { dataOption, durationOption } from '../options.js';
import { day, type RecordsFlags, remark } from '../records.js';
import { operatedBy, withRelay } from '../relay-records.js';

/** `coupon-media token`. */
export function tokenCommand(shell: ServiceShell): Command {
  const { say } = shell;
  return new Command('token')
    .description(say('token.description'))
    .addCommand(
      new Command('create')
        .description(say('token.create'))
        .requiredOption('--account <name>', say('token.account'))
        .requiredOption('--name <text>', say('token.name'))
        .addOption(scopeOption(say))
        .addOption(numberOption('--quota <n>', say('token.quota'), [1, 10_000]))
        .addOption(durationOption('--expires <time>', 'token.expires', say))
        .addOption(dataOption(say))
        .action((flags: CreateFlags) => create(flags, shell)),
    )
    .addCommand(
      new Command('list')
        .description(say('token.list'))
        .addOption(dataOption(say))
        .action((flags: RecordsFlags) => list(flags, shell)),
    )
    .addCommand(
      new Command('revoke')
        .description(say('token.revoke'))
        .argument('<id>', say('token.id'))
        .addOption(dataOption(say))
        .action((id: string, flags: RecordsFlags) => revoke(id, flags, shell)),
    );
}

const SCOPES: readonly TokenScope[] = ['upload', 'read', 'admin'];

/** Scopes with commas between them. */
function scopeOption(say: ServiceSay): Option {
  return new Option('--scope <names>', say('token.scope'))
    .argParser((text): TokenScope[] => {
      const names = text.split(',');
      const scopes = SCOPES.filter((scope) => names.includes(scope));
      if (scopes.length !== names.length) throw new InvalidArgumentError(SCOPES.join(', '));
      return scopes;
    })
    .default(['upload', 'read'], 'upload,read');
}

interface CreateFlags extends RecordsFlags {
  account: string;
  name: string;
  scope: TokenScope[];
  quota?: number;
  /** Seconds. */
  expires?: number;
}

async function create(flags: CreateFlags, shell: ServiceShell): Promise<void> {
  const { account, name, scope, quota, expires, ...where } = flags;
  const expiresAt = expires === undefined ? undefined : Date.now() + expires * 1000;
  const { token, text } = await withRelay(where, shell, async (records) => {
    const made = await records.tokens.create({ account, name, scopes: scope, quota, expiresAt });
    const { audit, caller } = operatedBy(records, shell);
    const subject = made.token.id;
    await audit.append({ at: Date.now(), event: 'token-created', outcome: 'done', caller, account, subject });
    return made;
  });
  // Standard output has the token alone, so that a script can keep it.
  remark(shell, shell.say('token.created', { id: token.id, account }));
  shell.out.lines(text);
}

async function list(flags: RecordsFlags, shell: ServiceShell): Promise<void> {
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

async function revoke(id: string, flags: RecordsFlags, shell: ServiceShell): Promise<void> {
  await withRelay(flags, shell, async (records) => {
    const token = await records.tokens.revoke(id);
    if (!token) throw new CommandError<ServiceKey>('token.unknown', {}, EXIT.failed);
    const { audit, caller } = operatedBy(records, shell);
    const { account } = token;
    await audit.append({
      at: Date.now(),
      event: 'token-revoked',
      outcome: 'done',
      caller,
      account,
      subject: token.id,
    });
  });
  shell.out.lines(shell.say('token.revoked', { id }));
}
