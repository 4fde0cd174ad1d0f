/** The settings of a cluster, of which an outbox needs PostgreSQL alone. */
export const CLUSTER = {
  databaseMaxConnections: 4,
  s3Bucket: 'unused',
  s3Region: 'unused',
  s3PathStyle: true,
  s3Encryption: 'none',
  uploadTempDir: '/tmp',
  engineDeadlineMs: 10_000,
} as const;
