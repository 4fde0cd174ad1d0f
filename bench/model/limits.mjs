/** Where each engine's own limit lies, by whom. One of each; what comes after is docs/SCALING.md's. */

/** @typedef {{ value: number, unit: string, source: string }} Limit */

/** @type {Readonly<Record<'s3PutsPerPrefix' | 'postgresTableBytes' | 'postgresActive' | 'redisCores' | 'diskWritesPerSecond', Limit>>} */
export const LIMITS = {
  s3PutsPerPrefix: {
    value: 3500,
    unit: 'PUTs a second of a partitioned prefix, at least',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html',
  },
  postgresTableBytes: {
    value: 32 * 2 ** 40,
    unit: 'bytes of a table or of one partition of it, with pages of 8 KiB',
    source: 'https://www.postgresql.org/docs/current/limits.html',
  },
  postgresActive: {
    value: 500,
    unit: 'connections beyond which more of them cost more than they bring',
    source:
      'https://wiki.postgresql.org/wiki/Number_Of_Database_Connections, and PostgreSQL High Performance, on pooling',
  },
  redisCores: {
    value: 1,
    unit: 'cores that run commands in one Redis',
    source: 'https://redis.io/docs/latest/operate/oss_and_stack/management/optimization/benchmarks/',
  },
  diskWritesPerSecond: {
    value: 20_000,
    unit: 'commits a second of one PostgreSQL that shares fsyncs among them, on local flash: an order of magnitude, to be measured with pgbench',
    source: 'https://www.postgresql.org/docs/current/pgbench.html',
  },
};
