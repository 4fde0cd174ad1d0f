import type { MerchantChange, MerchantRecord, MerchantStore } from '@coupon-media/server';
import type { Command } from 'commander';
import { readKeyFile } from 'coupon-media/shell';
import type { ServiceShell } from '../messages/messages.js';
import { day, now, type RecordsFlags, withRecords } from '../records.js';
import { merchantDetails, merchantRow, merchantSecret, type StateOf, validUntil } from './merchant-report.js';

interface AddFlags extends RecordsFlags {
  certificate: string;
  brand?: true;
  apiV3KeyFile?: string;
  quota?: number | 'default';
  productCoupon: boolean;
}

/** `coupon-media merchant add`. */
export async function add(shell: ServiceShell, id: string, flags: AddFlags): Promise<void> {
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

/** `coupon-media merchant list`. */
export async function list(shell: ServiceShell, { expiring, ...flags }: ListFlags): Promise<void> {
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

/** `coupon-media merchant show`. */
export async function show(
  shell: ServiceShell,
  id: string,
  flags: RecordsFlags & { apiV3Key?: true },
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

/** `coupon-media merchant set`. */
export async function set(shell: ServiceShell, id: string, flags: SetFlags, command: Command): Promise<void> {
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

/** `coupon-media merchant enable`. */
export async function enable(shell: ServiceShell, id: string, flags: RecordsFlags): Promise<void> {
  await change(id, flags, { enabled: true }, shell);
}

/** `coupon-media merchant disable`. */
export async function disable(shell: ServiceShell, id: string, flags: RecordsFlags): Promise<void> {
  await change(id, flags, { enabled: false }, shell);
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

/** `coupon-media merchant add-certificate`. */
export async function addCertificate(
  shell: ServiceShell,
  id: string,
  flags: RecordsFlags & { certificate: string },
): Promise<void> {
  const { addCertificate, refusePublishedCertificate } = await import('@coupon-media/server');
  const pem = readKeyFile(flags.certificate, '--certificate');
  refusePublishedCertificate(pem);
  await tell(merchantDetails, flags, (records) => addCertificate(records, id, pem, now()), shell);
}

/** `coupon-media merchant revoke-certificate`. */
export async function revokeCertificate(
  shell: ServiceShell,
  id: string,
  serialNo: string,
  flags: RecordsFlags,
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
