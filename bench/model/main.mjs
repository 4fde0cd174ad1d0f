/**
 * `npm run scale`: what so many uploads a second need, from what an upload was measured to cost.
 *
 *   npm run scale -- --rate 100 --size 200KiB   one demand; also --peak 3 --fresh 1 --merchants 1000 --cores 1 --busy 0.6 --connections 10
 *   npm run scale -- --write                    1, 100 and 10,000 a second, into docs/SCALING.md
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { kibibytes, readCosts } from './costs.mjs';
import { USUAL } from './model.mjs';
import { comparedTable, needsTable } from './report.mjs';

const text = /** @type {const} */ ({ type: 'string' });
const { values } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    ...{ rate: text, size: { ...text, default: '200KiB' } },
    ...{ peak: text, fresh: text, merchants: text, cores: text, busy: text, connections: text },
  },
});
const costs = readCosts();
const { write, rate, size, ...changed } = values;
const settings = {
  ...USUAL,
  ...Object.fromEntries(Object.entries(changed).map(([name, value]) => [name, positive(name, value)])),
};
const rates = rate === undefined ? [1, 100, 10_000] : [positive('rate', rate)];
const demands = rates.map((each) => ({ ...settings, rate: each, kib: kibibytes(size) }));
const sections = { needs: needsTable(demands, costs), compared: comparedTable(costs) };

process.stdout.write(`${Object.values(sections).join('\n\n')}\n`);
if (costs.nodes.length === 0)
  process.stderr.write(
    'A cluster’s node and PostgreSQL are assumed: docs/PERFORMANCE.md has not measured them yet.\n',
  );
if (write) {
  const document = new URL('../../docs/SCALING.md', import.meta.url);
  const written = Object.entries(sections).reduce(
    (whole, [name, content]) =>
      whole.replace(
        new RegExp(`(<!-- scale:${name} -->\n)[^]*?(<!-- /scale:${name} -->)`),
        (_, begin, end) => `${begin}${content}\n${end}`,
      ),
    readFileSync(document, 'utf8'),
  );
  writeFileSync(document, written);
}

/**
 * @param {string} name
 * @param {string | undefined} value
 */
function positive(name, value) {
  const number = Number(value);
  if (value === undefined || !(number > 0))
    throw new Error(`--${name} ${value}: it must be a number above zero`);
  return number;
}
