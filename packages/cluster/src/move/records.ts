import { createHash } from 'node:crypto';
import type { FolderContents } from '@coupon-media/server';
import type { MerchantRecord, MerchantRecords, PlatformKeyRecord } from '@coupon-media/server/engine';
import { MigrationError } from './report.js';
import type { Marks } from './target.js';

export interface MovedRecords {
  /** Records that were new or had changed. */
  readonly moved: number;
  readonly conflicts: readonly string[];
}

/**
 * Migrates merchants, platform keys and settings. Until the nodes take over, the folder is authoritative, and a later
 * run brings its changes. After that the cluster is authoritative, and a run must not undo its changes. The digest of
 * what the last run wrote shows which side has changed.
 */
export async function moveRecords(
  source: FolderContents,
  target: MerchantRecords,
  marks: Marks,
): Promise<MovedRecords> {
  const conflicts: string[] = [];
  let moved = 0;
  for (const { name, here, there, save } of await pairs(source, target)) {
    const mark = `record ${name}`;
    await marks.checkRun();
    const brought = await marks.get(mark);
    switch (decide(digest(here), there === undefined ? undefined : digest(there), brought)) {
      case 'move':
        // Saving a merchant takes several transactions. If the process is killed between them, the next run continues.
        await marks.set(mark, UNDER_WAY);
        await save().catch(async (error: unknown) => {
          // Two runs that save the same record disturb each other. One of them has taken over.
          await marks.checkRun();
          throw error;
        });
        moved += 1;
        break;
      case 'conflict':
        conflicts.push(name);
        continue;
      case 'keep':
        continue;
      case 'equal':
        break;
    }
    await marks.set(mark, digest(here));
  }
  return { moved, conflicts };
}

/**
 * @param here the record in the folder
 * @param there the record in the cluster; undefined if it has none
 * @param brought what the last run wrote; undefined if it wrote nothing
 */
export function decide(
  here: string,
  there: string | undefined,
  brought: string | undefined,
): 'move' | 'equal' | 'keep' | 'conflict' {
  if (here === there) return 'equal';
  if (there === undefined || there === brought || brought === UNDER_WAY) return 'move';
  return here === brought ? 'keep' : 'conflict';
}

/** Replaces the digest of a record while it is being saved. */
export const UNDER_WAY = 'under way';

/** @throws MigrationError if the image URLs of the cluster begin differently (contract 6.4) */
export async function checkPublicUrl(
  source: FolderContents,
  target: MerchantRecords,
  { setting, configured }: { setting: string; configured: string | undefined },
): Promise<void> {
  // The first stored image fixes the public URL. Until then it is only the last one that was configured.
  if (source.ends().image === 0) return;
  const here = (await source.settings()).find(({ name }) => name === setting)?.value;
  const there = await target.setting(setting);
  for (const [other, where] of [
    [there, { en: 'the cluster keeps', 'zh-CN': '集群保存的是' }],
    [configured, { en: 'COUPON_MEDIA_PUBLIC_URL says', 'zh-CN': 'COUPON_MEDIA_PUBLIC_URL 是' }],
  ] as const) {
    if (here !== undefined && other !== undefined && here !== other) {
      throw new MigrationError({
        en: `the images in ${source.path} have URLs that begin with ${here}, and URLs are permanent; ${where.en} ${other}`,
        'zh-CN': `${source.path} 中图片的 URL 以 ${here} 开头，已经发出，不能改变；但${where['zh-CN']} ${other}`,
      });
    }
  }
}

/** One record on both sides. The marks contain only digests, because records contain keys. */
export interface Pair {
  readonly name: string;
  readonly here: unknown;
  readonly there: unknown;
  /** Makes the record in the cluster equal to the one in the folder. */
  save(): Promise<void>;
}

/** Returns the pairs in the order in which they can be saved: a merchant may refer to its platform key. */
export async function pairs(source: FolderContents, target: MerchantRecords): Promise<Pair[]> {
  const [settings, keys, merchants] = [
    await source.settings(),
    await source.platformKeys(),
    await source.merchants(),
  ];
  const keysThere = new Map((await target.platformKeys()).map((key) => [key.id, key]));
  const merchantsThere = new Map((await target.merchants()).map((merchant) => [merchant.id, merchant]));
  return [
    ...(await Promise.all(
      settings.map(async ({ name, value }) => ({
        name: `setting ${name}`,
        here: value,
        there: await target.setting(name),
        save: () => target.saveSetting(name, value),
      })),
    )),
    ...keys.map((here) => {
      const there = keysThere.get(here.id);
      return { name: `platform key ${here.id}`, here, there, save: () => saveKey(target, here, there) };
    }),
    ...merchants.map((here) => {
      const there = merchantsThere.get(here.id);
      return { name: `merchant ${here.id}`, here, there, save: () => saveMerchant(target, here, there) };
    }),
  ];
}

async function saveKey(
  target: MerchantRecords,
  here: PlatformKeyRecord,
  there: PlatformKeyRecord | undefined,
): Promise<void> {
  if (!there) return target.addPlatformKey(here);
  // Nothing else about a key ever changes.
  if (here.retiredAt !== undefined) await target.retirePlatformKey(here.id, here.retiredAt);
}

async function saveMerchant(
  target: MerchantRecords,
  { certificates, ...profile }: MerchantRecord,
  there: MerchantRecord | undefined,
): Promise<void> {
  await target.saveMerchant(profile);
  for (const certificate of certificates) {
    const { serialNo, revokedAt } = certificate;
    if (!there?.certificates.some((kept) => kept.serialNo === serialNo))
      await target.addCertificate(profile.id, certificate);
    else if (revokedAt !== undefined) await target.revokeCertificate(profile.id, serialNo, revokedAt);
  }
}

/** Computes a digest that does not depend on the order of properties. */
export function digest(record: unknown): string {
  return createHash('sha256').update(canonical(record)).digest('hex');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, part]) => `${JSON.stringify(name)}:${canonical(part)}`)
    .join()}}`;
}
