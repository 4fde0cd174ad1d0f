/**
 * `npm run scale -- --rate 100 --kib 200 --peak 3`: what so many uploads a second need, from what an upload costs.
 * docs/SCALING.md has the same table for three rates, and what comes after each limit.
 */
import { parseArgs } from 'node:util';

/**
 * What an upload costs, and how that is known. Bench: docs/PERFORMANCE.md, three nodes that share two cores, the dearest that was measured.
 * SQL: 200,000 rows of the service's schema inserted in bulk into PostgreSQL 15. Redis: 100,000 keys of the service's form in Redis 7.0.
 */
export const COSTS = {
  /** Processor time of a node: at no size, and more for each KiB of the image (bench). */
  nodeMicros: 2290,
  nodeMicrosAKib: 16.5,
  /** Processor time of the engines (bench, images of 200 KiB). */
  postgresMicros: 411,
  redisMicros: 134,
  /** How long an upload holds a connection to PostgreSQL (assumed: one statement and one fsync, over a network). */
  postgresMillis: 5,
  /** Rows with their indexes, one of `image` and one of `upload` (SQL), and write-ahead log without full-page images (SQL). */
  rowBytes: 171 + 296,
  walBytes: 722,
  /** A nonce, and how long it stays: contract 2.9 has 300 s after the timestamp, and 6 are for clocks. */
  nonceBytes: 213,
  nonceSeconds: 306,
  /** A Redis with nothing in it but its clients (assumed). */
  redisBytes: 10e6,
  /** An upload beside its image: headers, meta, boundaries, the response (assumed). */
  formBytes: 2048,
};

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
export function needsTable(demands) {
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
    },
  });
  const [rate, kib, peak] = [values.rate, values.kib, values.peak].map(Number);
  if (rate && kib && peak && Math.min(rate, kib, peak) > 0) {
    process.stdout.write(`${needsTable([{ rate, kib, peak }])}\n`);
  } else {
    process.stderr.write(
      'usage: npm run scale -- --rate UPLOADS_A_SECOND [--kib 200] [--peak 3], each above zero\n',
    );
    process.exitCode = 2;
  }
}
