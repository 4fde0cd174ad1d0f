/** Reads what an upload costs: from the tables that `npm run bench` writes into docs/PERFORMANCE.md, else from costs.json. */
import { readFileSync } from 'node:fs';

/**
 * @typedef {{ kib: number, rate: number, micros: number }} Point measured at images of so many KiB: uploads a second on one core, and microseconds
 *   of processor time an upload
 */
/**
 * @typedef {{ kib: number, nodes: number, rate: number, service: number, postgres: number, redis: number, gateway: number, storage: number, load: number, busy: number }} NodesPoint
 *   microseconds of processor time an upload, by whom, and the cores that all of them kept busy
 */
/** @typedef {Record<string, { value: number, unit: string, source: string }>} Assumed */

/**
 * @typedef {object} Costs
 * @property {Point[]} folder one process and its folder, the smallest image first
 * @property {NodesPoint[]} nodes empty where the document has not measured them yet
 * @property {Assumed} other what costs.json has
 */

/**
 * @param {URL} document docs/PERFORMANCE.md
 * @param {URL} json costs.json
 * @returns {Costs}
 */
export function readCosts(
  document = new URL('../../docs/PERFORMANCE.md', import.meta.url),
  json = new URL('costs.json', import.meta.url),
) {
  const { about: _, ...other } = JSON.parse(readFileSync(json, 'utf8'));
  return { ...parseDocument(readFileSync(document, 'utf8')), other };
}

/**
 * @param {string} text
 * @returns {Omit<Costs, 'other'>}
 */
export function parseDocument(text) {
  const folder = tables(section(text, 'uploads'))
    .flatMap(({ head, rows }) => {
      const row = rows.find(([name]) => name === 'coupon-media, durable');
      return head.flatMap((title, at) => {
        const size = /^(.*): uploads\/s$/.exec(title)?.[1];
        return size && row
          ? [{ kib: kibibytes(size), rate: number(row[at]), micros: number(row[at + 1]) }]
          : [];
      });
    })
    .sort((a, b) => a.kib - b.kib);
  if (folder.length < 2) throw new Error('docs/PERFORMANCE.md has no table of uploads that this could read');
  const names = ['one node', 'two nodes', 'three nodes'];
  const nodes = tables(section(text, 'nodes')).flatMap(({ head, rows }) =>
    rows
      .filter(([name = '']) => names.includes(name))
      .map(([name = '', ...cells]) => {
        const [rate = 0, service = 0, postgres = 0, redis = 0, gateway = 0, storage = 0, load = 0, busy = 0] =
          cells.map(number);
        return {
          kib: kibibytes(head[0] ?? ''),
          nodes: names.indexOf(name) + 1,
          rate,
          service,
          postgres,
          redis,
          gateway,
          storage,
          load,
          busy,
        };
      }),
  );
  return { folder, nodes };
}

/**
 * @param {string} text
 * @param {string} name
 */
function section(text, name) {
  return text.split(`<!-- bench:${name} -->`)[1]?.split(`<!-- /bench:${name} -->`)[0] ?? '';
}

/**
 * @param {string} text
 * @returns {{ head: string[], rows: string[][] }[]}
 */
function tables(text) {
  return [...text.matchAll(/(?:^\|.*\n?)+/gm)].map(([table]) => {
    const [head = [], , ...rows] = table
      .trim()
      .split('\n')
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    return { head, rows };
  });
}

/** The first number of a cell: `1,302 ± 3 %`. @param {string | undefined} cell */
function number(cell) {
  return Number.parseFloat((cell ?? '').replaceAll(',', ''));
}

/** @param {string} size `10 KiB`, `2 MiB` */
export function kibibytes(size) {
  const [, value, unit] = /^([\d.]+) ?(KiB|MiB)$/.exec(size) ?? [];
  if (value === undefined) throw new Error(`"${size}" is no size: 200 KiB, say, or 2 MiB`);
  return Number(value) * (unit === 'MiB' ? 1024 : 1);
}
