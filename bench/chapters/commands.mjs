/** The commands that people wait for while they do nothing, beside an empty program of Node and an earlier state. */
import { spawnSync } from 'node:child_process';
import { buildEarlier, EARLIER } from '../measure/earlier.mjs';
import { endedChildrenTime } from '../measure/processor.mjs';
import { commandOf, ownRoot } from '../measure/serve.mjs';

/**
 * @typedef {object} CommandRound microseconds of processor time of one run
 * @property {number} node of `node -e 0`
 * @property {Record<string, { earlier: number | undefined, now: number }>} commands by what is typed
 */

const COMMANDS = ['--help', '--version', 'completion bash'];

/** The earlier state has no such option. */
const NEW = ['--version'];

/** The operating system counts in hundredths of a second, so that one run alone would be too coarse. */
const RUNS = 10;

/**
 * @param {import('../scale.mjs').Bench} bench
 * @returns {Promise<CommandRound[]>}
 */
export async function measure(bench) {
  const earlier = commandOf(buildEarlier(EARLIER));
  const now = commandOf(ownRoot);
  return Array.from({ length: bench.scale.rounds }, (_, round) => {
    bench.say(`round ${round + 1} of ${bench.scale.rounds}`);
    return {
      node: timeOf(['-e', '0']),
      commands: Object.fromEntries(
        COMMANDS.map((typed) => {
          const args = typed.split(' ');
          const before = NEW.includes(typed) ? undefined : timeOf([earlier, ...args]);
          return [typed, { earlier: before, now: timeOf([now, ...args]) }];
        }),
      ),
    };
  });
}

/** @param {string[]} args of Node */
function timeOf(args) {
  const before = endedChildrenTime();
  for (let run = 0; run < RUNS; run += 1) {
    const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
    if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}`);
  }
  return (endedChildrenTime() - before) / RUNS;
}
