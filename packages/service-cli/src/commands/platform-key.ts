import type { MerchantStore, PlatformKeyRecord, PlatformKeyState } from '@coupon-media/server';
import type { Command } from 'commander';
import { CommandError, EXIT, readKeyFile } from 'coupon-media/shell';
import { confirm } from '../confirm.js';
import type { ServiceKey, ServiceShell } from '../messages/messages.js';
import { day, minute, now, type RecordsFlags, remark, withRecords } from '../records.js';

interface AddFlags extends RecordsFlags {
  privateKey?: string;
  publicKey?: string;
  certificate?: string;
  id?: string;
}

/** `coupon-media platform-key add`. */
export async function add(shell: ServiceShell, flags: AddFlags, command: Command): Promise<void> {
  if (!flags.privateKey && (flags.publicKey || flags.certificate || flags.id))
    command.error(shell.say('platformKey.needsPrivateKey'));
  const { addPlatformKey } = await import('@coupon-media/server');
  const made = await keyOf(flags, shell);
  const create = (records: MerchantStore) => addPlatformKey(records, made);
  const key = await withRecords(flags, shell, create, { creates: true, changes: true });
  printPublicHalf(key, shell);
}

/** `coupon-media platform-key show`. */
export async function show(shell: ServiceShell, id: string | undefined, flags: RecordsFlags): Promise<void> {
  const { inOrderOfPreference, knownPlatformKey, platformKeyState } = await import('@coupon-media/server');
  const key = await withRecords(flags, shell, async (records) => {
    if (id !== undefined) return knownPlatformKey(records, id);
    const keys = inOrderOfPreference(await records.platformKeys());
    return keys.find((one) => platformKeyState(one, now()) === 'in use');
  });
  if (key) printPublicHalf(key, shell);
  else throw new CommandError<ServiceKey>('platformKey.none');
}

function printPublicHalf({ id, publicPem }: PlatformKeyRecord, { out }: ServiceShell): void {
  out.lines(id, ...publicPem.trim().split('\n'));
}

async function keyOf(
  { privateKey, publicKey, certificate, id }: AddFlags,
  shell: ServiceShell,
): Promise<PlatformKeyRecord> {
  const { generatePublicKeyPair, isReadableByOthers, readPlatformKey, refusePublishedPlatformKey } =
    await import('@coupon-media/server');
  if (!privateKey) return generatePublicKeyPair(now());
  const privateKeyPem = readKeyFile(privateKey, '--private-key');
  if (await isReadableByOthers(privateKey))
    remark(shell, shell.say('platformKey.othersRead', { file: privateKey }));
  const publicKeyPem = publicKey && readKeyFile(publicKey, '--public-key');
  const certificatePem = certificate && readKeyFile(certificate, '--certificate');
  refusePublishedPlatformKey({ privateKeyPem });
  return readPlatformKey({ privateKeyPem, publicKeyPem, certificatePem, id }, now());
}

/** `coupon-media platform-key list`. */
export async function list(shell: ServiceShell, flags: RecordsFlags): Promise<void> {
  const { out, say } = shell;
  const { platformKeyState } = await import('@coupon-media/server');
  const [keys, uses] = await withRecords(flags, shell, async (records) => [
    await records.platformKeys(),
    await records.platformKeyUses(),
  ]);
  out.lines(
    ...keys.map((key) =>
      [
        key.id,
        say(KINDS[key.kind]),
        standing(key, platformKeyState(key, now()), say),
        lastUse(uses.get(key.id), say),
      ].join('  '),
    ),
    ...(keys.length === 0 ? [say('platformKey.none')] : []),
  );
}

const KINDS = {
  'public-key': 'platformKey.publicKeyKind',
  certificate: 'platformKey.certificateKind',
} as const satisfies Readonly<Record<PlatformKeyRecord['kind'], ServiceKey>>;

interface RetireFlags extends RecordsFlags {
  yes?: true;
}

/** Seconds. A client that still relies on a key uses it more often than this while it uploads. */
const RECENT = 3600;

/** `coupon-media platform-key retire`. */
export async function retire(shell: ServiceShell, id: string, flags: RetireFlags): Promise<void> {
  const { knownPlatformKey, retirePlatformKey, checkRetirable } = await import('@coupon-media/server');
  await withRecords(
    flags,
    shell,
    async (records) => {
      const key = await knownPlatformKey(records, id);
      await checkRetirable(records, key, now());
      const used = (await records.platformKeyUses()).get(key.id) ?? 0;
      if (!flags.yes && key.retiredAt === undefined && used > now() - RECENT)
        await consent(key.id, used, shell);
      await retirePlatformKey(records, key.id, now());
    },
    { changes: true },
  );
  shell.out.lines(shell.say('platformKey.retired', { id }));
}

/** @throws CommandError unless somebody at the terminal says yes */
async function consent(id: string, used: number, shell: ServiceShell): Promise<void> {
  const values = { id, time: minute(used) };
  const answer = await confirm(shell.say('platformKey.retireAsk', values), shell);
  if (answer === undefined) throw new CommandError<ServiceKey>('platformKey.retireRecent', values);
  if (!answer) throw new CommandError<ServiceKey>('platformKey.kept', { id }, EXIT.failed);
}

function lastUse(second: number | undefined, say: ServiceShell['say']): string {
  return second === undefined
    ? say('platformKey.unused')
    : say('platformKey.usedAt', { time: minute(second) });
}

function standing(
  { notAfter = 0, retiredAt = 0 }: PlatformKeyRecord,
  state: PlatformKeyState,
  say: ServiceShell['say'],
): string {
  const texts: Record<PlatformKeyState, string> = {
    'in use': notAfter ? say('platformKey.inUseUntil', { day: day(notAfter) }) : say('platformKey.inUse'),
    expired: say('platformKey.expiredOn', { day: day(notAfter) }),
    retired: say('platformKey.retiredOn', { day: day(retiredAt) }),
  };
  return texts[state];
}
