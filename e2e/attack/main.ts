import path from 'node:path';
import { parseArgs } from 'node:util';
import { ALL, attack, type Row } from './attack.js';
import { claimsAt } from './attacks.js';
import { FRONTS, missing } from './front.js';
import type { Holding } from './service.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    root: { type: 'string', default: '.' },
    only: { type: 'string', multiple: true },
    claims: { type: 'string', multiple: true },
    front: { type: 'string', multiple: true },
    direct: { type: 'boolean', default: false },
  },
});

const only = [
  ...(values.only ?? []).map((begins) => named('only', begins, ALL)),
  ...(values.claims ?? []).map((rate) => claimsAt(Number(rate))),
];
const asked = values.direct ? ['direct'] : values.front;
const fronts = (asked ?? FRONTS).map((begins) => named('front', begins, FRONTS));
const missed = fronts.flatMap((front) => missing(front) ?? []);
for (const reason of missed) say(`not attacked: ${reason}`);

const COLUMNS = [
  ...['front', 'attack', 'uploads', 'refused', 'median ms', 'alone ms', 'slowest ms'],
  ...['descriptors', 'MiB', 'uploads under way', 'processors: service, attacker'],
];

say(`| ${COLUMNS.join(' | ')} |\n|${COLUMNS.map(() => '---|').join('')}`);
const rows = await attack({
  seconds: Number(values.seconds),
  root: path.resolve(values.root),
  only: only.length > 0 ? only : undefined,
  fronts: fronts.filter((front) => !missing(front)),
  onRow: (row) => say(`| ${cells(row).join(' | ')} |`),
});
const failures = rows.flatMap(({ front, attack: name, failures: wrong, slow }) =>
  [...wrong, ...slow].map((what) => `${front}, ${name}: ${what}`),
);
say(failures.length === 0 ? '\nno failure' : `\n${failures.length} failures\n${failures.join('\n')}`);
process.exitCode = failures.length === 0 ? 0 : 1;

/** @returns the name that begins like what was given */
function named<Name extends string>(option: string, begins: string, names: readonly Name[]): Name {
  const name = names.find((candidate) => candidate.startsWith(begins));
  if (name === undefined)
    throw new Error(`--${option} ${begins}: give the beginning of ${names.join(', or of ')}`);
  return name;
}

/** Of what is held: before, at most, after. */
function cells({
  front,
  attack: name,
  seen,
  alone,
  processors,
  holding: { before, most, after },
}: Row): string[] {
  const { uploads, median, slowest, failed } = seen;
  const refused = [...failed.values()].reduce((sum, count) => sum + count, 0);
  const held = (read: (holding: Holding) => number) =>
    [before, most, after].map((holding) => (holding ? read(holding) : 'unknown')).join(', ');
  return [
    ...[front, name, String(uploads), String(refused)],
    ...[median.toFixed(1), alone.toFixed(1), slowest.toFixed(0)],
    ...[held(({ descriptors }) => descriptors), held(({ memory }) => memory)],
    held(({ gauges }) => gauges.uploads_under_way),
    [processors.service, processors.attacker].map((used) => used.toFixed(2)).join(', '),
  ];
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
