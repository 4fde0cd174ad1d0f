import type { Command } from 'commander';
import { CommandError, EXIT } from 'coupon-media/shell';
import type { ServiceKey, ServiceShell } from '../messages/messages.js';
import type { RecordsFlags } from '../records.js';
import { operatedBy, withRelay } from '../relay-records.js';

interface Flags extends RecordsFlags {
  account: string;
}

/** `coupon-media relay forget`. */
export async function forget(shell: ServiceShell, digest: string, _: Flags, command: Command): Promise<void> {
  const sha256 = digest.toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(sha256)) command.error(shell.say('relay.forget.digestWrong'));
  const { account, data } = command.optsWithGlobals<Flags>();
  const { forgetImage } = await import('@coupon-media/relay');
  const endpoints = await withRelay({ data }, shell, (records) =>
    forgetImage(operatedBy(records, shell), account, sha256),
  );
  if (endpoints.length === 0)
    throw new CommandError<ServiceKey>('relay.forget.none', { sha256, account }, EXIT.failed);
  shell.out.lines(shell.say('relay.forget.done', { sha256, account, endpoints: endpoints.join(', ') }));
}
