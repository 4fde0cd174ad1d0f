import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { useEngines } from '../../../../tools/engines/index.mjs';
import { get, put, sampleBytes, sha256 } from '../../../server/test/contracts/samples.js';
import { checkClusterStore } from '../../dist/administration.js';
import { temporaryCluster } from './clusters.js';

/** The policy that operators attach to the key of the nodes. */
const POLICY = path.resolve(import.meta.dirname, '../../../../deploy/s3/policy.json');
const BUCKET = 'arn:aws:s3:::coupon-media';

/** The actions that a policy can mention, as far as they concern objects and buckets like ours. */
const ACTIONS = [
  's3:GetObject',
  's3:PutObject',
  's3:DeleteObject',
  's3:GetObjectVersion',
  's3:DeleteObjectVersion',
  's3:GetObjectAcl',
  's3:PutObjectAcl',
  's3:GetObjectTagging',
  's3:PutObjectTagging',
  's3:AbortMultipartUpload',
  's3:ListMultipartUploadParts',
  's3:ListBucket',
  's3:ListBucketVersions',
  's3:ListBucketMultipartUploads',
  's3:GetBucketLocation',
  's3:GetBucketVersioning',
  's3:DeleteBucket',
];

interface Statement {
  Action: string[];
  Resource: string;
}

const engines = await useEngines('postgres', 's3');

describe('the rights of deploy/s3/policy.json', engines.needed, () => {
  test('suffice for a node and a check of the store, and do not allow deleting', async () => {
    const cluster = await temporaryCluster();
    onTestFinished(() => cluster.end());
    await denyAllElse(cluster.options.s3Bucket);
    const bytes = sampleBytes(100_000, 1);
    const { images } = await cluster.reopen();
    await put(images, bytes);
    expect(await get(images, sha256(bytes))).toEqual(bytes);
    expect(await checkClusterStore(cluster.options, { deep: true })).toMatchObject({
      images: 1,
      problems: [],
    });
    const [key = ''] = await cluster.bucket.keys();
    await expect(cluster.bucket.remove(key)).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(cluster.bucket.put('elsewhere', bytes)).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  /**
   * The tests use the owner's key. A bucket policy that denies everything ours does not allow applies to it as well.
   */
  async function denyAllElse(Bucket: string): Promise<void> {
    const allowed = (JSON.parse(await readFile(POLICY, 'utf8')) as { Statement: Statement[] }).Statement;
    const here = (resource: string) => resource.replace(BUCKET, `arn:aws:s3:::${Bucket}`);
    const deny = { Effect: 'Deny', Principal: '*' };
    const statements = [
      // The actions are listed by name, because Ceph accepts a NotAction but did not refuse anything by it.
      ...allowed.map(({ Action, Resource }) => ({
        ...deny,
        Action: ACTIONS.filter((action) => !Action.includes(action)),
        Resource: here(Resource),
      })),
      { ...deny, Action: 's3:*', NotResource: allowed.map(({ Resource }) => here(Resource)) },
    ];
    const { endpoint, region, accessKey, secretKey } = engines.s3;
    const client = new S3Client({
      endpoint,
      region,
      forcePathStyle: true,
      credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    });
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: statements });
    await client.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  }
});
