import { filled, type Text, withReason } from '@coupon-media/apiv3';
import {
  createMerchantRecords,
  type MerchantRecords,
  type NonceWindow,
  StoreError,
  type UsedNonce,
} from '@coupon-media/server/engine';
import type { ClusterOptions } from '../engine/options.js';
import { openPostgres } from '../postgres/database.js';
import { createDurableNonces } from '../postgres/nonces.js';
import { createRunRegister } from '../postgres/runs.js';
import { createWrapperTables } from '../postgres/wrapper-tables.js';
import { LimitsError } from '../redis/errors.js';
import { openRedisLimits, redisOptions } from '../redis/limits.js';
import { type Bucket, openBucket } from '../s3/bucket.js';
import { reasonOf } from '../s3/errors.js';
import type { Objects } from './images.js';
import { eachOf } from './parallel.js';
import { withRetries } from './patience.js';
import { rowsOf } from './rows.js';
import { openTarget, type Target } from './target.js';
import type { WrapperTarget } from './wrappers.js';

/** The target cluster, with all three engines open. */
export interface Destination {
  readonly target: Target;
  readonly objects: Objects;
  readonly merchants: MerchantRecords;
  /** The tables of what wraps the nodes. */
  readonly wrappers: WrapperTarget;
  /**
   * Reserves nonces, so that no node accepts their requests again (contract 2.9).
   *
   * @param now Unix seconds; nonces that expire meanwhile are skipped
   */
  remember(nonces: readonly UsedNonce[], now: () => number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the engines of the target. Redis is opened even if no nonce will be stored in it, because its epoch begins at
 * that moment. By the time the nodes start, requests that were signed shortly before are no longer refused as older
 * than its memory.
 *
 * @throws StoreError, LimitsError or MigrationError that names what cannot be reached or used
 */
export async function openDestination(config: ClusterOptions): Promise<Destination> {
  const closing: (() => Promise<void>)[] = [];
  async function close(): Promise<void> {
    for (const step of closing.splice(0).reverse()) await step();
  }
  try {
    const postgres = await openPostgres(config);
    closing.push(() => postgres.close());
    const bucket = await openBucket(config);
    closing.push(async () => bucket.close());
    const limits = await openRedisLimits({
      ...redisOptions(config),
      // The memory of this process would be useless, because no node could see it.
      away: 'refuse',
      durable: createDurableNonces(postgres),
      runs: createRunRegister(postgres),
    });
    closing.push(() => limits.close());
    const rows = rowsOf(postgres);
    const target = await openTarget(rows);
    return {
      target,
      wrappers: { database: createWrapperTables(postgres), rows, marks: target.marks },
      objects: objectsIn(bucket),
      merchants: createMerchantRecords(postgres.queries, postgres.callEngine),
      remember: (nonces, now) => rememberIn(limits.nonces, nonces, now),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function objectsIn(bucket: Bucket): Objects {
  async function carried<T>(what: Text, act: () => Promise<T>): Promise<T> {
    try {
      return await withRetries(act);
    } catch (cause) {
      throw new StoreError(withReason(what, reasonOf(cause)), { cause });
    }
  }
  return {
    put({ sha256, kind, bytes }, content) {
      const name = sha256.toString('hex');
      const put = () => bucket.put({ sha256: name, kind, bytes }, content);
      return carried(filled(UNMOVED, { name }), put);
    },
    get({ sha256, kind }) {
      const name = sha256.toString('hex');
      return carried(filled(UNREAD, { name }), () => bucket.whole(name, kind));
    },
  };
}

/** Nonces that are reserved at the same time. */
const AT_A_TIME = 64;

async function rememberIn(
  window: NonceWindow,
  nonces: readonly UsedNonce[],
  now: () => number,
): Promise<void> {
  await eachOf(nonces, AT_A_TIME, (nonce) =>
    withRetries(async () => {
      if (nonce.expiresAt >= now()) await reserved(window, nonce);
    }),
  );
}

async function reserved(window: NonceWindow, nonce: UsedNonce): Promise<void> {
  try {
    await window.reserve(nonce);
  } catch (error) {
    // The request was signed before Redis began to remember, so no node accepts it anyway.
    if (!(error instanceof LimitsError && error.code === 'FORGOTTEN')) throw error;
  }
}

const UNMOVED = { 'zh-CN': '无法迁移图片 {name}', en: 'image {name} could not be moved' };
const UNREAD = { 'zh-CN': '无法读回图片 {name}', en: 'image {name} could not be read back' };
