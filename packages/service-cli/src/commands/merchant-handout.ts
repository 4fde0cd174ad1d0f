import type { MerchantRecord, PlatformKeyRecord } from '@coupon-media/server';
import { CommandError, EXIT } from 'coupon-media/shell';
import type { ServiceKey, ServiceShell } from '../messages/messages.js';
import { now, type RecordsFlags, remark, withRecords } from '../records.js';

interface Flags extends RecordsFlags {
  baseUrl?: string;
  apiV3Key?: true;
}

/** `coupon-media merchant handout`: prints the profile of a merchant, which `--profile` of the merchant's commands takes. */
export async function handout(shell: ServiceShell, id: string, flags: Flags): Promise<void> {
  const { knownMerchant, PUBLIC_URL_SETTING } = await import('@coupon-media/server');
  const asked = flags.baseUrl;
  if (asked !== undefined && !(ORIGIN.test(asked) && URL.canParse(asked)))
    throw new CommandError<ServiceKey>('merchant.baseUrlWrong', {}, EXIT.wrongUse);
  const { profile, assumed } = await withRecords(flags, shell, async (records) => {
    const record = await knownMerchant(records, id);
    const kept = await records.setting(PUBLIC_URL_SETTING);
    const baseUrl = asked ?? kept;
    if (baseUrl === undefined) throw new CommandError<ServiceKey>('merchant.baseUrlMissing');
    const key = await responseKey(record, await records.platformKeys());
    const more = flags.apiV3Key ? { apiV3Key: record.apiV3Key } : {};
    return {
      profile: { ...(await profileOf(record, key, baseUrl)), ...more },
      assumed: asked ? undefined : kept,
    };
  });
  if (assumed !== undefined) remark(shell, shell.say('merchant.baseUrlAssumed', { url: assumed }));
  shell.out.json(profile, 2);
  remark(shell, shell.say('merchant.handoutNext'));
}

/** Without a user, since a password would get into a file for others. */
const ORIGIN = /^https?:\/\/[^?#@\s]+$/;

/** The profile without secrets: keys are texts in it, except the private key, which only the merchant has. */
async function profileOf(
  { id, scheme, certificates }: MerchantRecord,
  key: PlatformKeyRecord | undefined,
  baseUrl: string,
): Promise<Record<string, string | undefined>> {
  const { certificateState } = await import('@coupon-media/server');
  const certificate = certificates.findLast((one) => certificateState(one, now()) === 'valid');
  if (!certificate) throw new CommandError<ServiceKey>('merchant.nothingValid', { id });
  return {
    baseUrl,
    [scheme === 'brand' ? 'brandId' : 'mchid']: id,
    certificateSerialNo: certificate.serialNo,
    privateKeyPath: 'apiclient_key.pem',
    certificate: certificate.pem,
    ...(key?.kind === 'public-key' && { wechatPayPublicKeyId: key.id, wechatPayPublicKey: key.publicPem }),
    ...(key?.kind === 'certificate' && { platformCertificate: key.publicPem }),
  };
}

/** The key that signs responses to the merchant unless a request names another. */
async function responseKey(
  { defaultPlatformKeyId }: MerchantRecord,
  keys: readonly PlatformKeyRecord[],
): Promise<PlatformKeyRecord | undefined> {
  const { inOrderOfPreference, platformKeyState } = await import('@coupon-media/server');
  const inUse = inOrderOfPreference(keys).filter((key) => platformKeyState(key, now()) === 'in use');
  return inUse.find(({ id }) => id === defaultPlatformKeyId) ?? inUse[0];
}
