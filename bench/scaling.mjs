/**
 * `npm run scale -- --rate 100 --kib 200 --peak 3`: what so many uploads a second need, from what an upload costs.
 * docs/SCALING.md has the same table for three rates, and what comes after each limit: `npm run scale -- --write` reckons it anew from
 * docs/PERFORMANCE.md.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { writeSections } from './report/documents.mjs';

const docs = new URL('../docs/', import.meta.url);

/** Bytes of a row of `upload` with its indexes, and of one of `image` (SQL, as below). */
const UPLOAD_ROW = 296;
const IMAGE_ROW = 171;

/**
 * What an upload costs, and how that is known. Bench: docs/PERFORMANCE.md, three nodes that share two cores, the dearest that was measured.
 * SQL: 200,000 rows of the service's schema inserted in bulk into PostgreSQL 15. Redis: 100,000 keys of the service's form in Redis 7.0.
 */
export const COSTS = {
  ...measuredCosts(readFileSync(new URL('PERFORMANCE.md', docs), 'utf8')),
  /** How long an upload holds a connection to PostgreSQL (assumed: one statement and one fsync, over a network). */
  postgresMillis: 5,
  /** Rows with their indexes, one of `image` and one of `upload` (SQL), and write-ahead log without full-page images (SQL). */
  rowBytes: IMAGE_ROW + UPLOAD_ROW,
  uploadRowBytes: UPLOAD_ROW,
  walBytes: 722,
  /** A nonce, and how long it stays: contract 2.9 has 300 s after the timestamp, and 6 are for clocks. */
  nonceBytes: 213,
  nonceSeconds: 306,
  /** A Redis with nothing in it but its clients (assumed). */
  redisBytes: 10e6,
  /** An upload beside its image: headers, meta, boundaries, the response (assumed). */
  formBytes: 2048,
};

/**
 * @param {string} document with the tables of the bench's nodes, for 10 and for 200 KiB
 * @returns microseconds of processor time an upload: of a node, at no size and more for each KiB of the image; and of the engines, at 200 KiB
 * @throws where the document lacks a table
 */
export function measuredCosts(document) {
  const [small, large] = [10, 200].map((kib) => {
    const row = new RegExp(`^\\| ${kib} KiB \\|[^]*?^\\| three nodes \\| (.*)$`, 'm').exec(document)?.[1];
    if (row === undefined) throw new Error(`no three nodes were measured at ${kib} KiB`);
    const [, node = 0, postgres = 0, redis = 0] = row
      .split('|')
      .map((cell) => Number(cell.replaceAll(',', '')));
    return { kib, node, postgres, redis };
  });
  if (!small || !large) throw new Error('there are no two sizes');
  const nodeMicrosAKib = (large.node - small.node) / (large.kib - small.kib);
  return {
    nodeMicros: small.node - nodeMicrosAKib * small.kib,
    nodeMicrosAKib,
    postgresMicros: large.postgres,
    redisMicros: large.redis,
  };
}

/** How busy a machine is to be at the peak. A node has one core: its main thread fills no more. */
const BUSY = 0.6;
/** COUPON_MEDIA_DATABASE_MAX_CONNECTIONS, unless it is set. */
const CONNECTIONS = 10;
/** PUTs a second of a partitioned prefix, at least: docs/SCALING.md has the source of each limit. */
const PUTS_OF_A_PREFIX = 3500;
const YEAR = 365 * 86_400;

/**
 * @param {{ rate: number, kib: number, peak?: number }} demand uploads a second as an average over the year, the size of an image, and how many
 *   times the average the busiest minutes are: machines are sized for these, storage for the average
 * @param {typeof COSTS} costs
 * @returns bytes, bits and processor cores; `a year` and `a second` are in the names
 */
export function needs({ rate, kib, peak = 3 }, costs = COSTS) {
  const peakRate = rate * peak;
  const coresFor = (/** @type {number} */ micros) => (peakRate * micros) / 1e6 / BUSY;
  // One more than the peak needs: one is being upgraded, or has failed.
  const nodes = Math.max(2, Math.ceil(coresFor(costs.nodeMicros + kib * costs.nodeMicrosAKib)) + 1);
  return {
    peakRate,
    nodes,
    nodeBitsASecond: (peakRate / (nodes - 1)) * (kib * 1024 + costs.formBytes) * 8,
    postgresCores: coresFor(costs.postgresMicros),
    postgresConnections: nodes * CONNECTIONS,
    postgresActive: Math.ceil((peakRate * costs.postgresMillis) / 1000),
    postgresBytesAYear: rate * YEAR * costs.rowBytes,
    walBytesASecond: peakRate * costs.walBytes,
    s3BytesAYear: rate * YEAR * kib * 1024,
    s3Prefixes: Math.ceil(peakRate / PUTS_OF_A_PREFIX),
    redisCores: coresFor(costs.redisMicros),
    redisBytes: costs.redisBytes + peakRate * costs.nonceSeconds * costs.nonceBytes,
  };
}

/** @type {Readonly<Record<keyof ReturnType<typeof needs>, readonly [label: string, unit: string]>>} */
const ROWS = {
  peakRate: ['uploads a second at the peak', ''],
  nodes: ['nodes of one core, one of them spare', ''],
  nodeBitsASecond: ['network of a node, each way, a second', 'bit'],
  postgresCores: ['PostgreSQL: cores', ''],
  postgresConnections: ['connections open', ''],
  postgresActive: ['connections at work', ''],
  postgresBytesAYear: ['storage a year', 'B'],
  walBytesASecond: ['write-ahead log a second', 'B'],
  s3BytesAYear: ['S3: storage a year, if every image is new', 'B'],
  s3Prefixes: ['prefixes that S3 has to make', ''],
  redisCores: ['Redis: cores, of which an instance uses one', ''],
  redisBytes: ['memory', 'B'],
};

/** @param {readonly Parameters<typeof needs>[0][]} demands a column each */
function needsTable(demands) {
  const columns = demands.map((demand) => needs(demand));
  const head = ['', ...demands.map(({ rate, kib }) => `${amount(rate)} a second, ${amount(kib)} KiB`)];
  const rows = Object.entries(ROWS).map(([key, [label, unit]]) => [
    label,
    ...columns.map((column) => amount(column[/** @type {keyof typeof ROWS} */ (key)], unit)),
  ]);
  const rule = head.map((_, at) => (at === 0 ? ':--' : '--:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/**
 * What docs/SCALING.md says in numbers, by its markers: the table of three rates, and of the two higher ones what they need.
 * @returns {Map<string, string>}
 */
export function scalingSections() {
  const kib = 200;
  const [most, hundred] = [10_000, 100].map((rate) => needs({ rate, kib }));
  if (!most || !hundred) throw new Error('there are no two rates');
  const monthBytes = (most.postgresBytesAYear / 12) * (COSTS.uploadRowBytes / COSTS.rowBytes);
  const { nodes, peakRate } = most;
  const open = nodes * CONNECTIONS;
  const bits = amount(most.nodeBitsASecond * (nodes - 1), 'bit');
  const limits = [
    ['engine', 'limit', `at 10,000 a second, peak ${amount(peakRate)}`, 'solution'],
    ['---', '---', '---', '---'],
    [
      "PostgreSQL's connections",
      'some hundreds in use; more of them lower the throughput',
      `${amount(nodes)} nodes × ${CONNECTIONS} open, ${amount(most.postgresActive)} in use`,
      `first \`COUPON_MEDIA_DATABASE_MAX_CONNECTIONS=2\`: ${amount(nodes * 2)} open in place of ${amount(open)}. Then use larger nodes rather than more nodes`,
    ],
    [
      "PostgreSQL's commits",
      'about 20,000 a second for one server, when commits share fsyncs',
      amount(peakRate),
      'cells',
    ],
    [
      "PostgreSQL's tables",
      '32 TB each',
      `\`upload\` is full after about ${amount(32e12 / monthBytes)} months`,
      'partitions',
    ],
    ['Redis', 'one core runs all commands of an instance', `${amount(most.redisCores)} cores`, 'cells'],
    [
      'S3',
      '3,500 PUTs a second of a partitioned prefix',
      `${amount(peakRate)}: ${most.s3Prefixes} prefixes`,
      'none is needed: keys are digests, and S3 divides `images/0…` to `images/f…` by itself. This takes half an hour or more, so raise the rate in steps, or ask AWS in advance. Until then S3 returns 503, the service returns 500, and clients try again',
    ],
    [
      'nodes',
      'none: they are independent of each other',
      `${amount(nodes)} of one core`,
      `fewer and larger nodes: ${amount(Math.ceil(nodes / 4))} of four cores`,
    ],
    ['network', '', `${bits}/s in, as much out to S3`, 'several balancers, by DNS or an anycast address'],
  ];
  return new Map([
    ['scale-needs', needsTable([1, 100, 10_000].map((rate) => ({ rate, kib })))],
    [
      'scale-hundred',
      `You need ${amount(hundred.nodes - 1)} nodes of one core, and one more so that one may fail. PostgreSQL, Redis and S3 are far from their limits: ` +
        `${amount(hundred.postgresCores)} cores, ${amount(hundred.redisBytes, 'B')}, ${amount(hundred.peakRate)} PUTs per second.`,
    ],
    ['scale-limits', limits.map((cells) => `| ${cells.join(' | ')} |`).join('\n')],
  ]);
}

/**
 * Two digits that mean something; with a unit, in the thousand that fits.
 * @param {number} value
 * @param {string} unit
 */
function amount(value, unit = '') {
  const power = unit === '' || value < 1 ? 0 : Math.floor(Math.log10(value) / 3);
  const scaled = value / 1000 ** power;
  const digits = scaled >= 10 ? Math.round(scaled).toLocaleString('en-US') : Number(scaled.toPrecision(2));
  return unit === '' ? `${digits}` : `${digits} ${['', 'k', 'M', 'G', 'T', 'P'][power]}${unit}`;
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      rate: { type: 'string' },
      kib: { type: 'string', default: '200' },
      peak: { type: 'string', default: '3' },
      write: { type: 'boolean', default: false },
    },
  });
  const [rate, kib, peak] = [values.rate, values.kib, values.peak].map(Number);
  if (values.write) {
    writeSections(new URL('SCALING.md', docs), scalingSections());
  } else if (rate && kib && peak && Math.min(rate, kib, peak) > 0) {
    process.stdout.write(`${needsTable([{ rate, kib, peak }])}\n`);
  } else {
    process.stderr.write(
      'usage: npm run scale -- --rate UPLOADS_A_SECOND [--kib 200] [--peak 3], each above zero; or --write, for docs/SCALING.md\n',
    );
    process.exitCode = 2;
  }
}
