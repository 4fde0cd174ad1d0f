import { parseArgs } from 'node:util';
import { type ConverseReport, converse } from './conversations/run.js';
import { total } from './conversations/settled.js';
import { type ReadFilesReport, readFiles } from './files/run.js';
import { type FuzzReport, fuzz } from './fuzz.js';
import { slowSenders } from './slow-senders.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    minutes: { type: 'string' },
    seed: { type: 'string' },
    only: { type: 'string' },
    case: { type: 'string' },
    keep: { type: 'boolean', default: false },
    'slow-senders': { type: 'string' },
  },
});
const seconds = values.minutes === undefined ? Number(values.seconds) : Number(values.minutes) * 60;
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
const only = values.case === undefined ? undefined : Number(values.case);

/** What a part of the fuzzer found, and how often it looked. */
interface Part {
  connections: number;
  requests: number;
  files: number;
  failures: readonly string[];
}

/** In the order in which they are run, each for its share of the time. */
const PARTS: Readonly<Record<string, (share: number) => Promise<Part>>> = {
  requests: async (share) =>
    printRequests(await fuzz({ seconds: share, seed, only, onProgress: tell('requests') })),
  connections: async (share) =>
    printConnections(await converse({ seconds: share, seed, only, onProgress: tell('connections') })),
  files: async (share) =>
    printFiles(
      await readFiles({ seconds: share, seed, only, isGuided: only === undefined, keep: values.keep }),
    ),
};

if (values['slow-senders'] === undefined) await run();
else await crowd(Number(values['slow-senders']));

async function run(): Promise<void> {
  const names = values.only?.split(',') ?? Object.keys(PARTS);
  const sum: Part = { connections: 0, requests: 0, files: 0, failures: [] };
  for (const name of names) {
    const part = PARTS[name];
    if (!part) throw new Error(`--only takes ${Object.keys(PARTS).join(', ')}`);
    const { connections, requests, files, failures } = await part(seconds / names.length);
    sum.connections += connections;
    sum.requests += requests;
    sum.files += files;
    sum.failures = [...sum.failures, ...failures];
    say(
      failures.length === 0
        ? `${name}: no finding\n`
        : `${name}: ${failures.length} findings\n${failures.join('\n')}\n`,
    );
  }
  say(
    `seed ${seed}: ${sum.connections} connections, ${sum.requests} requests, ${sum.files} files, ${sum.failures.length} findings`,
  );
  process.exitCode = sum.failures.length === 0 ? 0 : 1;
}

async function crowd(count: number): Promise<void> {
  const { figures, cutOff } = await slowSenders(count, seconds);
  for (const { when, median, slowest, memory } of figures) {
    say(
      `${when.padEnd(14)} upload ${median.toFixed(1)} ms (slowest ${slowest.toFixed(1)}), service ${memory} MiB`,
    );
  }
  say(`cut off and replaced: ${cutOff}`);
}

function printRequests({ tried, answers, mutations, records, honest, memory, failures }: FuzzReport): Part {
  say(`seed ${seed}: ${tried} requests, and ${honest} honest ones in between\n`);
  say(`answers\n${table(answers)}\n`);
  say(`mutations\n${table(mutations)}\n`);
  say(`stored: ${records} uploads, each compared with the signed metas`);
  say(memoryLine(memory));
  return { connections: tried, requests: tried, files: 0, failures };
}

function printConnections(report: ConverseReport): Part {
  const { connections, requests, kinds, steps, rests, records, vitals, memory, failures } = report;
  say(`seed ${seed}: ${connections} connections with ${requests} whole requests\n`);
  say(`requests\n${table(kinds)}\n`);
  say(`connections\n${table(steps)}\n`);
  say(`stored: ${records} uploads, each compared with the signed metas`);
  say(
    `at rest ${rests} times: ${total(vitals.before.descriptors)} descriptors before, ${total(vitals.after.descriptors)} after`,
  );
  say(memoryLine(memory));
  return { connections, requests, files: 0, failures };
}

function printFiles({ inputs, targets, failures }: ReadFilesReport): Part {
  say(`seed ${seed}: ${inputs} files\n`);
  for (const { name, inputs, blocks, found } of targets)
    say(
      `${String(inputs).padStart(8)}  ${name}: ${blocks} blocks told apart, ${found} inputs led somewhere new`,
    );
  return { connections: 0, requests: 0, files: inputs, failures };
}

function memoryLine({ first, warm, last }: FuzzReport['memory']): string {
  return `memory: ${first} MiB at the start, ${warm} warm, ${last} at the end`;
}

/** Told now and then, on standard error. */
function tell(what: string): (tried: number) => void {
  return (tried) => void process.stderr.write(`${tried} ${what}\n`);
}

function table(rows: readonly (readonly [string, number])[]): string {
  return rows.map(([name, count]) => `${String(count).padStart(8)}  ${name}`).join('\n');
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
