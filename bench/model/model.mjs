/** From what an upload costs to what so many of them need. Pure: numbers in, numbers out. */
import { LIMITS } from './limits.mjs';

/** @typedef {import('./costs.mjs').Costs} Costs */

/**
 * @typedef {object} Demand
 * @property {number} rate uploads a second, as an average over the year
 * @property {number} kib of an image, on average
 * @property {number} peak how many times the average the busiest minutes are
 * @property {number} fresh share of the uploads whose picture is not there yet, 0 to 1
 * @property {number} merchants that upload
 * @property {number} cores of a node
 * @property {number} busy share of its cores that a machine is to be busy with at the peak
 * @property {number} connections a node's to PostgreSQL
 */

/** @type {Readonly<Omit<Demand, 'rate' | 'kib'>>} */
export const USUAL = { peak: 3, fresh: 1, merchants: 1000, cores: 1, busy: 0.6, connections: 10 };

const YEAR = 365 * 86_400;

/**
 * @typedef {object} Needs bytes, seconds and processor cores
 * @property {number} peakRate
 * @property {{ micros: number, fits: boolean, bytesAYear: number }} folder one process and its folder, if that is enough
 * @property {{ micros: number, count: number, memoryBytes: number, bitsASecond: number }} nodes one more than the peak needs; each one's memory and network
 * @property {{ cores: number, connections: number, active: number, rowsAYear: number, bytesAYear: number, walBytesASecond: number, yearsToTableLimit: number }} postgres
 * @property {{ putsASecond: number, requestsAYear: number, bytesAYear: number, prefixes: number }} s3
 * @property {{ callsASecond: number, cores: number, memoryBytes: number, instances: number }} redis
 */

/**
 * @param {Demand} demand
 * @param {Costs} costs
 * @returns {Needs}
 */
export function needs(demand, costs) {
  const { rate, kib, peak, fresh, merchants, cores, busy, connections } = demand;
  const cost = (/** @type {string} */ name) => {
    const found = costs.other[name];
    if (!found) throw new Error(`costs.json has no ${name}`);
    return found.value;
  };
  const peakRate = rate * peak;
  const imageBytes = kib * 1024;
  const coresFor = (/** @type {number} */ micros) => (peakRate * micros) / 1e6 / busy;

  const folderMicros = folderCost(kib, costs);
  const micros = nodeCost(kib, costs);
  // One may be missing: it is being upgraded, or has failed.
  const count = Math.max(2, Math.ceil(coresFor(micros) / cores) + 1);
  const perNode = peakRate / Math.max(1, count - 1);
  const redisMicros = measured(costs, 'redis') ?? cost('redisMicros');
  const redisCores = coresFor(redisMicros);
  const uploads = rate * YEAR;
  const rowBytes = fresh * cost('imageRowBytes') + cost('uploadRowBytes');
  return {
    peakRate,
    folder: {
      micros: folderMicros,
      fits: coresFor(folderMicros) <= cores,
      bytesAYear: uploads * (fresh * imageBytes + rowBytes),
    },
    nodes: {
      micros,
      count,
      // A picture takes the network's time in, and again out to the store: a second, at most, is under way.
      memoryBytes: cost('nodeRestBytes') + perNode * cost('nodeUploadBytes'),
      bitsASecond: perNode * (imageBytes + cost('formBytes')) * 8,
    },
    postgres: {
      cores: coresFor(measured(costs, 'postgres') ?? cost('postgresMicros')),
      connections: count * connections,
      active: Math.ceil((peakRate * cost('postgresMillis')) / 1000),
      rowsAYear: uploads * (1 + fresh),
      bytesAYear: uploads * rowBytes,
      walBytesASecond: peakRate * cost('walBytes'),
      yearsToTableLimit: LIMITS.postgresTableBytes.value / (uploads * cost('uploadRowBytes')),
    },
    s3: {
      // A picture that is there already is put again: nobody asks first.
      putsASecond: peakRate,
      requestsAYear: uploads,
      bytesAYear: uploads * fresh * imageBytes,
      prefixes: Math.ceil(peakRate / LIMITS.s3PutsPerPrefix.value),
    },
    redis: {
      callsASecond: 2 * peakRate,
      cores: redisCores,
      memoryBytes:
        cost('redisBaseBytes') +
        peakRate * cost('redisNonceSeconds') * cost('redisNonceBytes') +
        merchants * cost('redisMerchantBytes'),
      instances: Math.ceil(redisCores / LIMITS.redisCores.value),
    },
  };
}

/**
 * Microseconds of processor time an upload takes of one process with its folder: on the line between the two measured sizes
 * beside it. Below the smallest it costs what the smallest does; above the largest, as much more for each KiB as below it.
 * @param {number} kib
 * @param {Costs} costs
 */
export function folderCost(kib, { folder }) {
  return between(kib, folder);
}

/**
 * The same of a node of a cluster.
 * @param {number} kib
 * @param {Costs} costs
 */
export function nodeCost(kib, costs) {
  const points = costs.nodes
    .filter(({ nodes }) => nodes === 3)
    .map((point) => ({ kib: point.kib, micros: point.service }))
    .sort((a, b) => a.kib - b.kib);
  const times = costs.other.clusterOverFolder?.value ?? 1;
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last) return folderCost(kib, costs) * times;
  // Beyond what was measured, as much more than the folder as at the last size that was.
  if (kib > last.kib) return (folderCost(kib, costs) / folderCost(last.kib, costs)) * last.micros;
  return points.length === 1 ? first.micros : between(kib, points);
}

/**
 * @param {Costs} costs
 * @param {'postgres' | 'redis'} engine
 * @returns {number | undefined} microseconds an upload, the most of all sizes with three nodes
 */
function measured({ nodes }, engine) {
  const found = nodes.filter((point) => point.nodes === 3).map((point) => point[engine]);
  return found.length > 0 ? Math.max(...found) : undefined;
}

/**
 * @param {number} kib
 * @param {readonly { kib: number, micros: number }[]} points at least two, the smallest first
 */
function between(kib, points) {
  const [smallest] = points;
  if (!smallest || points.length < 2) throw new Error('a line needs two points');
  if (kib <= smallest.kib) return smallest.micros;
  const upper = points.findIndex((point) => point.kib >= kib);
  const at = upper === -1 ? points.length - 1 : upper;
  const from = points[at - 1] ?? smallest;
  const to = points[at] ?? smallest;
  return from.micros + ((kib - from.kib) / (to.kib - from.kib)) * (to.micros - from.micros);
}

/**
 * The model against the benchmark: what the processor time alone says the rate should be, beside the rate that was measured.
 * @param {Costs} costs
 * @returns {{ what: string, predicted: number, measured: number, error: number }[]} `error` is a share: 0.03 is three in a hundred
 */
export function compared({ folder, nodes }) {
  const one = folder.map(({ kib, micros, rate }) => ({
    what: `one process on one core, ${kib} KiB`,
    predicted: 1e6 / micros,
    measured: rate,
  }));
  const many = nodes.map(
    ({ kib, nodes: count, rate, busy, service, postgres, redis, gateway, storage, load }) => ({
      what: `${count} nodes, their engines and the load on ${busy} cores, ${kib} KiB`,
      predicted: (busy * 1e6) / (service + postgres + redis + gateway + storage + load),
      measured: rate,
    }),
  );
  return [...one, ...many].map((row) => ({ ...row, error: row.predicted / row.measured - 1 }));
}
