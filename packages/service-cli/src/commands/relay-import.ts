import type { Command } from 'commander';
import { readLedgerFile } from 'coupon-media/ledger';
import { CommandError } from 'coupon-media/shell';
import type { ServiceKey, ServiceShell } from '../messages/messages.js';
import { configOf, type RecordsFlags } from '../records.js';
import { loadRelay, operatedBy, withRelay } from '../relay-records.js';

interface Flags extends RecordsFlags {
  account: string;
  /** commander gives --accounts and --data to `relay`, which has them as well. */
  accountsFile?: string;
}

/** `coupon-media relay import`. */
export async function importLedger(
  shell: ServiceShell,
  file: string,
  _: Flags,
  command: Command,
): Promise<void> {
  const { account, accountsFile: given, data } = command.optsWithGlobals<Flags>();
  const { importUploads, readAccountOwner } = await loadRelay();
  const accounts = given ?? (await configOf({ data })).accountsFile;
  if (accounts === undefined) throw new CommandError<ServiceKey>('relay.accountsMissing');
  const owner = await readAccountOwner(accounts, account);
  const { title, uploads } = await readLedgerFile(file);
  // The URLs of another merchant, or of a sandbox, would be given out for those of this account.
  const wanted = `${owner.id} @ ${owner.service}`;
  const of = `${title.merchant} @ ${new URL(title.service).origin}`;
  if (of !== wanted)
    throw new CommandError<ServiceKey>('relay.import.another', { file, of, account, wanted });
  const rows = uploads.map(({ sha256, imageUrl, filename, bytes, requestId, at }) => ({
    ...{ account, endpoint: owner.endpoint, sha256, filename, bytes, value: imageUrl },
    ...{ upstreamRequestId: requestId ?? '', at: Date.parse(at) },
  }));
  const n = await withRelay({ data }, shell, (records) => importUploads(operatedBy(records, shell), rows));
  shell.out.lines(shell.say('relay.import.done', { n, known: rows.length - n, account }));
}
