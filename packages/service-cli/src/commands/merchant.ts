import type { MerchantChange, MerchantRecord, MerchantStore } from '@coupon-media/server';
import { Command } from 'commander';
import { readKeyFile } from 'coupon-media/shell';
import type { ServiceKey, ServiceShell } from '../messages/messages.js';
import { dataOption, durationOption, onOffOption, rateOption } from '../options.js';
import { day, now, type RecordsFlags, withRecords } from '../records.js';
import { handoutCommand } from './merchant-handout.js';
import { merchantDetails, merchantRow, merchantSecret, type StateOf, validUntil } from './merchant-report.js';

export function merchantCommand(shell: ServiceShell): Command {
  const { say } = shell;
  return new Command('merchant')
    .description(say('merchant.description'))
    .addCommand(addCommand(shell))
    .addCommand(
      on('list', 'merchant.list', shell)
        .addOption(durationOption('--expiring <time>', 'merchant.expiring', say))
        .action((flags) => list(flags, shell)),
    )
    .addCommand(
      on('show <id>', 'merchant.show', shell)
        .option('--api-v3-key', say('merchant.apiV3Key'))
        .action((id, flags) => show(id, flags, shell)),
    )
    .addCommand(setCommand(shell))
    .addCommand(
      on('enable <id>', 'merchant.enable', shell).action((id, flags) =>
        change(id, flags, { enabled: true }, shell),
      ),
    )
    .addCommand(
      on('disable <id>', 'merchant.disable', shell).action((id, flags) =>
        change(id, flags, { enabled: false }, shell),
      ),
    )
    .addCommand(handoutCommand(shell))
    .addCommand(
      on('add-certificate <id>', 'merchant.addCertificate', shell)
        .requiredOption('--certificate <file>', say('merchant.certificate'))
        .action((id, flags) => addCertificate(id, flags, shell)),
    )
    .addCommand(
      on('revoke-certificate <id> <serial>', 'merchant.revokeCertificate', shell).action(
        (id, serialNo, flags) => revokeCertificate(id, serialNo, flags, shell),
      ),
    );
}

/** Makes a subcommand from its name and arguments, with the option that all of them have. */
function on(usage: string, description: ServiceKey, { say }: ServiceShell): Command {
  const [name = '', ...args] = usage.split(' ');
  const command = new Command(name).description(say(description)).addOption(dataOption(say));
  for (const argument of args) command.argument(argument);
  return command;
}

interface AddFlags extends RecordsFlags {
  certificate: string;
  brand?: true;
  apiV3KeyFile?: string;
  quota?: number | 'default';
  productCoupon: boolean;
}

function addCommand(shell: ServiceShell): Command {
  const { say } = shell;
  return on('add <id>', 'merchant.add', shell)
    .requiredOption('--certificate <file>', say('merchant.certificate'))
    .option('--brand', say('merchant.brand'))
    .option('--api-v3-key-file <file>', say('merchant.apiV3KeyFile'))
    .addOption(rateOption(say))
    .addOption(onOffOption('--product-coupon <on|off>', 'merchant.productCoupon', say).default(true, 'on'))
    .action((id: string, flags: AddFlags) => add(id, flags, shell));
}

async function add(id: string, flags: AddFlags, shell: ServiceShell): Promise<void> {
  const { addMerchant, refusePublishedCertificate } = await import('@coupon-media/server');
  const certificatePem = readKeyFile(flags.certificate, '--certificate');
  refusePublishedCertificate(certificatePem);
  const apiV3Key = flags.apiV3KeyFile && readKeyFile(flags.apiV3KeyFile, '--api-v3-key-file').trim();
  const merchant = {
    id,
    scheme: flags.brand ? ('brand' as const) : ('merchant' as const),
    certificatePem,
    apiV3Key,
    quota: flags.quota === 'default' ? undefined : flags.quota,
    productCoupon: flags.productCoupon,
  };
  const create = (records: MerchantStore) => addMerchant(records, merchant, now());
  const record = await tell(merchantRow, flags, create, shell, { creates: true, changes: true });
  // The new key is printed only here, since it has to be given to the merchant.
  if (apiV3Key === undefined) shell.out.lines(shell.say('merchant.keyMade', { key: record.apiV3Key }));
}

interface ListFlags extends RecordsFlags {
  /** Seconds. */
  expiring?: number;
}

async function list({ expiring, ...flags }: ListFlags, shell: ServiceShell): Promise<void> {
  const { out, say } = shell;
  const { certificateState } = await import('@coupon-media/server');
  const all = await withRecords(flags, shell, (records) => records.merchants());
  const end = now() + (expiring ?? 0);
  const stateOf: StateOf = (row) => certificateState(row, now());
  const merchants =
    expiring === undefined
      ? all
      : all.filter((record) => record.enabled && (validUntil(record, stateOf) ?? 0) < end);
  const nothing = all.length === 0 ? say('merchant.none') : say('merchant.noneExpiring', { day: day(end) });
  out.lines(
    ...merchants.map((record) => merchantRow(record, stateOf, say)),
    ...(merchants.length === 0 ? [nothing] : []),
  );
}

async function show(
  id: string,
  flags: RecordsFlags & { apiV3Key?: true },
  shell: ServiceShell,
): Promise<void> {
  const { knownMerchant } = await import('@coupon-media/server');
  const record = await tell(merchantDetails, flags, (records) => knownMerchant(records, id), shell, {});
  if (flags.apiV3Key) shell.out.lines(merchantSecret(record, shell.say));
}

interface SetFlags extends RecordsFlags {
  quota?: number | 'default';
  productCoupon?: boolean;
  platformKey?: string;
}

function setCommand(shell: ServiceShell): Command {
  const { say } = shell;
  return on('set <id>', 'merchant.set', shell)
    .addOption(rateOption(say))
    .addOption(onOffOption('--product-coupon <on|off>', 'merchant.productCoupon', say))
    .option('--platform-key <id|default>', say('merchant.platformKey'))
    .action((id: string, flags: SetFlags, command: Command) => set(id, flags, command, shell));
}

async function set(id: string, flags: SetFlags, command: Command, shell: ServiceShell): Promise<void> {
  const { quota, productCoupon, platformKey } = flags;
  if (quota === undefined && productCoupon === undefined && platformKey === undefined)
    command.error(shell.say('merchant.nothingToSet'));
  const wanted = {
    quota: quota === 'default' ? null : quota,
    productCoupon,
    defaultPlatformKeyId: platformKey === 'default' ? null : platformKey,
  };
  await change(id, flags, wanted, shell);
}

async function change(
  id: string,
  flags: RecordsFlags,
  change: MerchantChange,
  shell: ServiceShell,
): Promise<void> {
  const { changeMerchant } = await import('@coupon-media/server');
  await tell(merchantRow, flags, (records) => changeMerchant(records, id, change), shell);
}

async function addCertificate(
  id: string,
  flags: RecordsFlags & { certificate: string },
  shell: ServiceShell,
): Promise<void> {
  const { addCertificate, refusePublishedCertificate } = await import('@coupon-media/server');
  const pem = readKeyFile(flags.certificate, '--certificate');
  refusePublishedCertificate(pem);
  await tell(merchantDetails, flags, (records) => addCertificate(records, id, pem, now()), shell);
}

async function revokeCertificate(
  id: string,
  serialNo: string,
  flags: RecordsFlags,
  shell: ServiceShell,
): Promise<void> {
  const { revokeCertificate } = await import('@coupon-media/server');
  await tell(merchantDetails, flags, (records) => revokeCertificate(records, id, serialNo, now()), shell);
}

/** Applies a change, unless `how` says that it is none, and prints the merchant. */
async function tell(
  format: typeof merchantRow,
  flags: RecordsFlags,
  act: (records: MerchantStore) => Promise<MerchantRecord>,
  shell: ServiceShell,
  how: { creates?: boolean; changes?: boolean } = { changes: true },
): Promise<MerchantRecord> {
  const { certificateState } = await import('@coupon-media/server');
  const record = await withRecords(flags, shell, act, how);
  const text = format(record, (certificate) => certificateState(certificate, now()), shell.say);
  shell.out.lines(...text.split('\n'));
  return record;
}
