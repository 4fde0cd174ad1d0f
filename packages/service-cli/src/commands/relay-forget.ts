import { Command } from 'commander';
import { CommandError, EXIT } from 'coupon-media/shell';
import type { ServiceKey, ServiceShell } from '../messages/messages.js';
import { dataOption } from '../options.js';
import type { RecordsFlags } from '../records.js';
import { operatedBy, withRelay } from '../relay-records.js';

interface Flags extends RecordsFlags {
  account: string;
}

/** `coupon-media relay forget`. */
export function forgetCommand(shell: ServiceShell): Command {
  const { say } = shell;
  return new Command('forget')
    .description(say('relay.forget'))
    .argument('<digest>', say('relay.forget.digest'))
    .requiredOption('--account <name>', say('relay.account'))
    .addOption(dataOption(say))
    .action((digest: string, _: unknown, command: Command) => {
      const sha256 = digest.toLowerCase();
      if (!/^[0-9a-f]{64}$/.test(sha256)) command.error(say('relay.forget.digestWrong'));
      // commander gives --data to `relay`, which has it as well.
      return forget(sha256, command.optsWithGlobals<Flags>(), shell);
    });
}

async function forget(sha256: string, { account, data }: Flags, shell: ServiceShell): Promise<void> {
  const { forgetImage } = await import('@coupon-media/relay');
  const endpoints = await withRelay({ data }, shell, (records) =>
    forgetImage(operatedBy(records, shell), account, sha256),
  );
  if (endpoints.length === 0)
    throw new CommandError<ServiceKey>('relay.forget.none', { sha256, account }, EXIT.failed);
  shell.out.lines(shell.say('relay.forget.done', { sha256, account, endpoints: endpoints.join(', ') }));
}
