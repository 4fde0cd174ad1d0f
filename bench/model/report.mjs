/** What the model says, as a table. */
import { compared, needs } from './model.mjs';

/** @typedef {import('./model.mjs').Demand} Demand */
/** @typedef {import('./model.mjs').Needs} Needs */
/** @typedef {import('./costs.mjs').Costs} Costs */

/** @type {readonly [label: string, (needs: Needs) => string][]} */
const ROWS = [
  ['uploads a second at the peak', ({ peakRate }) => count(peakRate)],
  ['one folder is enough', ({ folder }) => (folder.fits ? 'yes' : 'no')],
  ['nodes, one of them spare', ({ nodes }) => count(nodes.count)],
  ['CPU µs an upload, in a node', ({ nodes }) => count(nodes.micros)],
  ['memory of a node', ({ nodes }) => bytes(nodes.memoryBytes)],
  ['network of a node, each way', ({ nodes }) => `${amount(nodes.bitsASecond / 1e6)} Mbit/s`],
  ['PostgreSQL: cores', ({ postgres }) => amount(postgres.cores)],
  ['connections open', ({ postgres }) => count(postgres.connections)],
  ['connections at work', ({ postgres }) => count(postgres.active)],
  ['rows a year', ({ postgres }) => count(postgres.rowsAYear)],
  ['room a year', ({ postgres }) => bytes(postgres.bytesAYear)],
  ['write-ahead log a second', ({ postgres }) => bytes(postgres.walBytesASecond)],
  ['years until a table is full', ({ postgres }) => amount(postgres.yearsToTableLimit)],
  ['S3: PUTs a second', ({ s3 }) => count(s3.putsASecond)],
  ['requests a year', ({ s3 }) => count(s3.requestsAYear)],
  ['room a year', ({ s3 }) => bytes(s3.bytesAYear)],
  ['prefixes that S3 has to make', ({ s3 }) => count(s3.prefixes)],
  ['Redis: calls a second', ({ redis }) => count(redis.callsASecond)],
  ['cores', ({ redis }) => amount(redis.cores)],
  ['memory', ({ redis }) => bytes(redis.memoryBytes)],
  ['instances', ({ redis }) => count(redis.instances)],
];

/**
 * @param {readonly Demand[]} demands a column each
 * @param {Costs} costs
 */
export function needsTable(demands, costs) {
  const columns = demands.map((demand) => needs(demand, costs));
  const head = ['', ...demands.map(({ rate, kib }) => `${count(rate)} a second, ${count(kib)} KiB`)];
  return table(
    head,
    ROWS.map(([label, say]) => [label, ...columns.map(say)]),
  );
}

/** @param {Costs} costs */
export function comparedTable(costs) {
  const rows = compared(costs).map(({ what, predicted, measured, error }) => [
    what,
    count(predicted),
    count(measured),
    `${(error * 100).toFixed(1)} %`,
  ]);
  return table(['uploads a second', 'predicted', 'measured', 'error'], rows);
}

/**
 * @param {string[]} head
 * @param {string[][]} rows
 */
function table(head, rows) {
  const rule = head.map((_, at) => (at === 0 ? ':--' : '--:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** @param {number} value */
function count(value) {
  return Math.round(value).toLocaleString('en-US');
}

/** Two digits that mean something. @param {number} value */
function amount(value) {
  return value >= 10 ? count(value) : String(Number(value.toPrecision(2)));
}

/** @param {number} value */
export function bytes(value) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
  const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  return `${amount(value / 1000 ** power)} ${units[power]}`;
}
