import { parseArgs } from 'node:util';
import { type FuzzReport, fuzz } from './fuzz.js';
import { slowSenders } from './slow-senders.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    case: { type: 'string' },
    'slow-senders': { type: 'string' },
  },
});

if (values['slow-senders'] === undefined) await mutate();
else await crowd(Number(values['slow-senders']));

async function mutate(): Promise<void> {
  const report = await fuzz({
    seconds: Number(values.seconds),
    seed: values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed),
    only: values.case === undefined ? undefined : Number(values.case),
    onProgress: (tried) => process.stderr.write(`${tried} requests\n`),
  });
  print(report);
  process.exitCode = report.failures.length === 0 ? 0 : 1;
}

async function crowd(count: number): Promise<void> {
  const { figures, cutOff } = await slowSenders(count, Number(values.seconds));
  for (const { when, median, slowest, memory } of figures) {
    say(
      `${when.padEnd(14)} upload ${median.toFixed(1)} ms (slowest ${slowest.toFixed(1)}), service ${memory} MiB`,
    );
  }
  say(`cut off and replaced: ${cutOff}`);
}

function print({ seed, tried, answers, mutations, records, honest, memory, failures }: FuzzReport): void {
  say(`seed ${seed}: ${tried} requests, and ${honest} honest ones in between\n`);
  say(`answers\n${table(answers)}\n`);
  say(`mutations\n${table(mutations)}\n`);
  say(`stored: ${records} uploads, each compared with the signed metas`);
  say(`memory: ${memory.first} MiB at the start, ${memory.warm} warm, ${memory.last} at the end\n`);
  say(failures.length === 0 ? 'no failure' : `${failures.length} failures\n${failures.join('\n')}`);
}

function table(rows: readonly [string, number][]): string {
  return rows.map(([name, count]) => `${String(count).padStart(8)}  ${name}`).join('\n');
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
