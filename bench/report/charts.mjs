/** The charts of docs/PERFORMANCE.md, by file name. */
import { clients } from '../chapters/clients.mjs';
import { servers } from '../chapters/uploads.mjs';
import { median } from '../measure/statistics.mjs';
import { barChart } from './chart.mjs';

/** @typedef {import('./targets.mjs').Results} Results */

/** Servers that do the duties of an upload, or what stands in for them; the other rows explain, and are in the table. */
const SHOWN = ['ours', 'express-multer', 'fastify-multipart', 's3rver', 'floor'];

/**
 * @param {Results} results
 * @returns {Map<string, string>}
 */
export function charts({ uploads, clients: clientResults }) {
  const charts = new Map();
  if (uploads) {
    const shown = servers.filter(({ name }) => SHOWN.includes(name));
    const panels = uploads.map(({ size, rounds }) =>
      panel(size, shown, (name) => rounds.map((round) => round.servers[name]?.rate ?? Number.NaN)),
    );
    charts.set('performance.svg', barChart('Uploads a second on one core', panels));
  }
  if (clientResults) {
    const panels = clientResults.map(({ size, rounds }) =>
      panel(size, clients, (name) => rounds.map((round) => round[name]?.rate ?? Number.NaN)),
    );
    charts.set('performance-clients.svg', barChart('Uploads a second by one client on one core', panels));
  }
  return charts;
}

/**
 * @param {string} size
 * @param {readonly { name: string, label: string }[]} shown
 * @param {(name: string) => number[]} rates
 * @returns {import('./chart.mjs').Panel}
 */
function panel(size, shown, rates) {
  return {
    title: `Images of ${size}`,
    bars: shown.map(({ name, label }) => ({ label, value: median(rates(name)), ours: name === 'ours' })),
  };
}
