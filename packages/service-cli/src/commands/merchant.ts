import { readFile } from 'node:fs/promises';
import type { MerchantChange, MerchantRecord, MerchantStore } from '@coupon-media/server';
import { Command } from 'commander';
import { onOffOption, rateOption } from '../options.js';
import { dataOption, now, type RecordsFlags, say, withRecords } from '../records.js';
import { merchantDetails, merchantRow } from './merchant-report.js';

export function merchantCommand(): Command {
  return new Command('merchant')
    .description('who may upload; a running service sees a change within a second')
    .addCommand(addCommand())
    .addCommand(on('list', 'list the merchants').action(list))
    .addCommand(
      on('show <id>', 'show a merchant: settings, certificates, and whether each is valid')
        .option('--api-v3-key', 'its APIv3 key, too: a secret')
        .action(show),
    )
    .addCommand(setCommand())
    .addCommand(
      on('enable <id>', 'let a merchant that was disabled upload again').action((id, flags) =>
        change(id, flags, { enabled: true }),
      ),
    )
    .addCommand(
      on('disable <id>', 'refuse all that a merchant sends').action((id, flags) =>
        change(id, flags, { enabled: false }),
      ),
    )
    .addCommand(
      on('add-certificate <id> <file>', 'add an API certificate; three may be valid at a time').action(
        addCertificate,
      ),
    )
    .addCommand(
      on('revoke-certificate <id> <serial>', 'end an API certificate, at once and for good').action(
        revokeCertificate,
      ),
    );
}

/** A subcommand: its name with its arguments, and the option that all of them have. */
function on(usage: string, description: string): Command {
  const [name = '', ...args] = usage.split(' ');
  const command = new Command(name).description(description).addOption(dataOption());
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

function addCommand(): Command {
  return on('add <id>', 'let a merchant upload: its mchid, or its brand_id with --brand')
    .requiredOption(
      '--certificate <file>',
      'its API certificate, apiclient_cert.pem; the private key stays with it',
    )
    .option('--brand', 'a brand: it signs under the brand scheme, as its brand_id')
    .option(
      '--api-v3-key-file <file>',
      'file of its APIv3 key, 32 characters (default: one is made, and printed)',
    )
    .addOption(rateOption("the service's is the default"))
    .addOption(onOffOption('--product-coupon <on|off>', 'whether product coupons are enabled').default(true))
    .action(add);
}

async function add(id: string, flags: AddFlags): Promise<void> {
  const { addMerchant } = await import('@coupon-media/server');
  const certificatePem = await readFile(flags.certificate, 'utf8');
  const apiV3Key = flags.apiV3KeyFile && (await readFile(flags.apiV3KeyFile, 'utf8')).trim();
  const merchant = {
    id,
    scheme: flags.brand ? ('brand_id' as const) : ('mchid' as const),
    certificatePem,
    apiV3Key,
    quota: flags.quota === 'default' ? undefined : flags.quota,
    productCoupon: flags.productCoupon,
  };
  const record = await tell(merchantRow, flags, (records) => addMerchant(records, merchant, now()));
  // Printed once, here: it has to reach the merchant somehow.
  if (apiV3Key === undefined) say(`APIv3 key ${record.apiV3Key}`);
}

async function list(flags: RecordsFlags): Promise<void> {
  const { certificateState } = await import('@coupon-media/server');
  const merchants = await withRecords(flags, (records) => records.merchants());
  for (const record of merchants) say(merchantRow(record, (row) => certificateState(row, now())));
  if (merchants.length === 0) say('no merchants');
}

async function show(id: string, flags: RecordsFlags & { apiV3Key?: true }): Promise<void> {
  const { knownMerchant } = await import('@coupon-media/server');
  const record = await tell(merchantDetails, flags, (records) => knownMerchant(records, id));
  if (flags.apiV3Key) say(`APIv3 key     ${record.apiV3Key}`);
}

interface SetFlags extends RecordsFlags {
  quota?: number | 'default';
  productCoupon?: boolean;
  platformKey?: string;
}

function setCommand(): Command {
  return on('set <id>', "change a merchant's settings")
    .addOption(rateOption("the service's is the default"))
    .addOption(onOffOption('--product-coupon <on|off>', 'whether product coupons are enabled'))
    .option(
      '--platform-key <id|default>',
      "signs answers to requests that name no key (the service's is the default)",
    )
    .action(set);
}

async function set(id: string, flags: SetFlags, command: Command): Promise<void> {
  const { quota, productCoupon, platformKey } = flags;
  if (quota === undefined && productCoupon === undefined && platformKey === undefined)
    command.error('error: nothing to set: give --quota, --product-coupon or --platform-key');
  await change(id, flags, {
    quota: quota === 'default' ? null : quota,
    productCoupon,
    defaultPlatformKeyId: platformKey === 'default' ? null : platformKey,
  });
}

async function change(id: string, flags: RecordsFlags, change: MerchantChange): Promise<void> {
  const { changeMerchant } = await import('@coupon-media/server');
  await tell(merchantRow, flags, (records) => changeMerchant(records, id, change));
}

async function addCertificate(id: string, file: string, flags: RecordsFlags): Promise<void> {
  const { addCertificate } = await import('@coupon-media/server');
  const pem = await readFile(file, 'utf8');
  await tell(merchantDetails, flags, (records) => addCertificate(records, id, pem, now()));
}

async function revokeCertificate(id: string, serialNo: string, flags: RecordsFlags): Promise<void> {
  const { revokeCertificate } = await import('@coupon-media/server');
  await tell(merchantDetails, flags, (records) => revokeCertificate(records, id, serialNo, now()));
}

/** Does it, and prints the merchant as it is then. */
async function tell(
  format: typeof merchantRow,
  flags: RecordsFlags,
  act: (records: MerchantStore) => Promise<MerchantRecord>,
): Promise<MerchantRecord> {
  const { certificateState } = await import('@coupon-media/server');
  const record = await withRecords(flags, act);
  say(format(record, (certificate) => certificateState(certificate, now())));
  return record;
}
