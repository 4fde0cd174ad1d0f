import { readFile } from 'node:fs/promises';
import type { PlatformKeyRecord, PlatformKeyState } from '@coupon-media/server';
import { Command } from 'commander';
import { dataOption, day, now, type RecordsFlags, say, withRecords } from '../records.js';

export function platformKeyCommand(): Command {
  return new Command('platform-key')
    .description('the keys that sign answers; a running service sees a change within a second')
    .addCommand(addCommand())
    .addCommand(
      new Command('list').description('list the keys, the oldest first').addOption(dataOption()).action(list),
    )
    .addCommand(
      new Command('retire')
        .description('take a key out of use; the last one stays')
        .argument('<id>', 'PUB_KEY_ID_…, or a certificate serial')
        .addOption(dataOption())
        .action(retire),
    );
}

interface AddFlags extends RecordsFlags {
  privateKey?: string;
  publicKey?: string;
  certificate?: string;
  id?: string;
}

function addCommand(): Command {
  return new Command('add')
    .description('add a key: a public-key pair is made, or files of one are taken; prints the public half')
    .option('--private-key <file>', 'take this private key')
    .option('--certificate <file>', 'with --private-key: the platform certificate over it')
    .option('--public-key <file>', 'with --private-key: its public key (default: computed)')
    .option('--id <id>', 'with --private-key: the PUB_KEY_ID_… that merchants know it by (default: made)')
    .addOption(dataOption())
    .action(add);
}

async function add(flags: AddFlags, command: Command): Promise<void> {
  if (!flags.privateKey && (flags.publicKey || flags.certificate || flags.id))
    command.error('error: --certificate, --public-key and --id go with --private-key');
  const { addPlatformKey } = await import('@coupon-media/server');
  const made = await keyOf(flags);
  const key = await withRecords(flags, (records) => addPlatformKey(records, made));
  say(`${key.id}\n${key.publicPem.trim()}`);
}

async function keyOf({ privateKey, publicKey, certificate, id }: AddFlags): Promise<PlatformKeyRecord> {
  const { generatePublicKeyPair, isReadableByOthers, readPlatformKey } = await import('@coupon-media/server');
  if (!privateKey) return generatePublicKeyPair(now());
  if (await isReadableByOthers(privateKey))
    process.stderr.write(
      `coupon-media: others can read ${privateKey}; chmod 600 keeps a private key private\n`,
    );
  const [privateKeyPem = '', publicKeyPem, certificatePem] = await Promise.all(
    [privateKey, publicKey, certificate].map((file) => file && readFile(file, 'utf8')),
  );
  return readPlatformKey({ privateKeyPem, publicKeyPem, certificatePem, id }, now());
}

async function list(flags: RecordsFlags): Promise<void> {
  const { platformKeyState } = await import('@coupon-media/server');
  const keys = await withRecords(flags, (records) => records.platformKeys());
  for (const key of keys) say(`${key.id}  ${key.kind}  ${standing(key, platformKeyState(key, now()))}`);
  if (keys.length === 0) say('no keys: the service makes one when it first starts');
}

async function retire(id: string, flags: RecordsFlags): Promise<void> {
  const { retirePlatformKey } = await import('@coupon-media/server');
  await withRecords(flags, (records) => retirePlatformKey(records, id, now()));
  say(`${id}  retired`);
}

function standing({ notAfter = 0, retiredAt = 0 }: PlatformKeyRecord, state: PlatformKeyState): string {
  const texts: Record<PlatformKeyState, string> = {
    'in use': notAfter ? `in use, valid until ${day(notAfter)}` : 'in use',
    expired: `expired on ${day(notAfter)}`,
    retired: `retired on ${day(retiredAt)}`,
  };
  return texts[state];
}
