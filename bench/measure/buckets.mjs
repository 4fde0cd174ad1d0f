/** Sorts the self times of a profile by their purpose. */

/** @typedef {import('node:inspector').Profiler.Profile} Profile */
/** @typedef {import('node:inspector').Profiler.ProfileNode} ProfileNode */

/**
 * The first row whose pattern matches "function, file" takes a node; a node without a row belongs to its caller.
 * @type {readonly [bucket: string, pattern: RegExp][]}
 */
const BUCKETS = [
  ['idle', /^\(idle\) /],
  ['the profiler', /^dispatch $|node:inspector/],
  ['garbage collection', /^\(garbage collector\) /],
  ['the kernel: sockets read, libuv', /^\(program\) /],
  [
    'the kernel: responses written',
    /^(writeUtf8String|writeLatin1String|writeBuffer|writev|writeAsciiString) $/,
  ],
  ['RSA: verification, and handing signatures to the pool', /^(verifyOneShot|SignJob) $|crypto\/sig$/],
  ['SHA-256', /^(Hash|update|digest|oneShotDigest) $|crypto\/hash$/],
  ['random numbers', /^(randomFillSync|RandomBytesJob) $|crypto\/random$/],
  ['node:http, net and streams', /node:_?(http|net|stream|events|internal\/(streams|stream_base|http|net))/],
  ['node:timers, promises, buffers, crypto', /node:/],
  ['the S3 client: undici', /node_modules\/undici\//],
  ["the S3 client: AWS's library", /node_modules\/(@aws-sdk|@aws-crypto|@aws|@smithy)\//],
  ['PostgreSQL: pg', /node_modules\/(pg|pg-[a-z-]+|postgres-[a-z]+)\//],
  ['Redis: ioredis', /node_modules\/(ioredis|@ioredis|redis-[a-z]+|denque|standard-as-callback)\//],
  ['pino', /node_modules\/(pino|sonic-boom|thread-stream)/],
  ['libsql', /node_modules\/(libsql|@libsql|@neon-rs)/],
  ['ours: http', /packages\/server\/(src|dist)\/http\//],
  ['ours: upload', /packages\/server\/(src|dist)\/(signed|upload|observe)\//],
  [
    'ours: merchants and limits',
    /packages\/(server\/(src|dist)\/(merchants|limits)|cluster\/(src|dist)\/redis)\//,
  ],
  ['ours: store', /packages\/(server\/(src|dist)\/(stores|engines)|cluster\/(src|dist))\//],
  ['ours: apiv3', /packages\/apiv3\/(src|dist)\//],
];

/** Time that is not part of an upload. */
const NOT_OURS = ['idle', 'the profiler'];

/**
 * @param {Profile} profile
 * @param {number} total microseconds to be shared among what was not idle
 * @returns {Record<string, number>} microseconds of each bucket
 */
export function bucketTimes(profile, total) {
  const self = selfTimes(profile);
  const buckets = new Map(BUCKETS.map(([name]) => [name, 0]));
  walk(profile, (node, bucket) => {
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + (self.get(node.id) ?? 0));
  });
  for (const name of NOT_OURS) buckets.delete(name);
  const busy = [...buckets.values()].reduce((sum, time) => sum + time, 0);
  return Object.fromEntries([...buckets].map(([name, time]) => [name, (time / busy) * total]));
}

/** @param {Profile} profile */
function selfTimes({ samples = [], timeDeltas = [] }) {
  /** @type {Map<number, number>} */
  const times = new Map();
  samples.forEach((id, at) => {
    times.set(id, (times.get(id) ?? 0) + (timeDeltas[at] ?? 0));
  });
  return times;
}

/**
 * @param {Profile} profile
 * @param {(node: ProfileNode, bucket: string) => void} visit
 */
function walk({ nodes }, visit) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  /** @type {(node: ProfileNode | undefined, inherited: string) => void} */
  const descend = (node, inherited) => {
    if (!node) return;
    const bucket = bucketOf(node) ?? inherited;
    visit(node, bucket);
    for (const child of node.children ?? []) descend(byId.get(child), bucket);
  };
  descend(nodes[0], 'everything else');
}

/** @param {ProfileNode} node */
function bucketOf({ callFrame: { functionName, url } }) {
  const text = `${functionName} ${url}`;
  return BUCKETS.find(([, pattern]) => pattern.test(text))?.[0];
}
