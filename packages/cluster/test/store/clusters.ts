import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  DeleteObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import pg from 'pg';
import { useEngines } from '../../../../tools/engines/index.mjs';
import type { ClusterStoreOptions } from '../../dist/engine/options.js';
import { type ClusterStore, openClusterStore } from '../../dist/store.js';

/** The engines of a store: those of the whole run, or those of one test. */
export interface Place {
  readonly postgres: { readonly url: string };
  readonly s3: {
    readonly endpoint: string;
    readonly region: string;
    readonly accessKey: string;
    readonly secretKey: string;
    readonly bucket: string;
  };
}

export interface OpenCluster extends ClusterStore {
  readonly options: ClusterStoreOptions;
  /** Opens another node, or the same one after a restart. */
  reopen(changes?: Partial<ClusterStoreOptions>): Promise<ClusterStore>;
  /** Queries the database directly. */
  sql<Row>(text: string, values?: unknown[]): Promise<Row[]>;
  readonly bucket: Objects;
  end(): Promise<void>;
}

/** Accesses the bucket directly. */
export interface Objects {
  keys(): Promise<string[]>;
  head(key: string): Promise<HeadObjectCommandOutput>;
  put(key: string, body: Buffer): Promise<void>;
  remove(key: string): Promise<void>;
}

/**
 * Creates an empty database and an empty bucket, and opens a node on them.
 *
 * @param heldTogether bytes of images above 64 KiB that each node holds in memory. Default: as every node
 */
export async function temporaryCluster(
  changes: Partial<ClusterStoreOptions> = {},
  place?: Place,
  heldTogether?: number,
): Promise<OpenCluster> {
  const { postgres, s3 } = place ?? (await useEngines('postgres', 's3'));
  // The usual chain of certificates begins here.
  process.env.AWS_ACCESS_KEY_ID = s3.accessKey;
  process.env.AWS_SECRET_ACCESS_KEY = s3.secretKey;
  const scratch = await mkdtemp(path.join(tmpdir(), 'coupon-media-scratch-'));
  const options: ClusterStoreOptions = {
    databaseUrl: postgres.url,
    databaseMaxConnections: 4,
    s3Bucket: s3.bucket,
    s3Endpoint: s3.endpoint,
    s3Region: s3.region,
    s3PathStyle: true,
    s3Encryption: 'none',
    uploadTempDir: scratch,
    engineDeadlineMs: 10_000,
    ...changes,
  };
  const opened: ClusterStore[] = [];
  async function reopen(others: Partial<ClusterStoreOptions> = {}): Promise<ClusterStore> {
    const store = await openClusterStore({ ...options, ...others }, undefined, heldTogether);
    opened.push(store);
    return store;
  }
  return {
    ...(await reopen()),
    options,
    reopen,
    async sql<Row>(text: string, values: unknown[] = []) {
      const client = new pg.Client(postgres.url);
      await client.connect();
      try {
        return (await client.query(text, values)).rows as Row[];
      } finally {
        await client.end();
      }
    },
    bucket: objectsOf(s3),
    async end() {
      for (const store of opened) await store.close();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

function objectsOf({ endpoint, region, accessKey, secretKey, bucket: Bucket }: Place['s3']): Objects {
  const client = new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  return {
    async keys() {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'images/' }));
      return Contents.map(({ Key = '' }) => Key);
    },
    head: (Key) => client.send(new HeadObjectCommand({ Bucket, Key })),
    async put(Key, Body) {
      await client.send(new PutObjectCommand({ Bucket, Key, Body }));
    },
    async remove(Key) {
      await client.send(new DeleteObjectCommand({ Bucket, Key }));
    },
  };
}
