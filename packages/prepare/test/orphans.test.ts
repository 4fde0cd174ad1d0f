import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';

// It takes 12 s on an idle machine: the time limit of a decoder, which is processor time, and the grace of the watchdog.

const prepare = new URL('../dist/index.js', import.meta.url).href;

/**
 * A BMP whose first row has twenty million runs of 255 pixels: they block the thread for half a minute.
 *
 * @param timeLimit milliseconds
 */
function preparingSlowly(timeLimit: number): ChildProcess {
  const script = `
    const { prepareImage } = await import(${JSON.stringify(prepare)});
    const head = Buffer.alloc(58);
    head.write('BM');
    head.writeUInt32LE(58, 10);
    head.writeUInt32LE(40, 14);
    head.writeUInt32LE(64, 18);
    head.writeUInt32LE(64, 22);
    head.writeUInt16LE(1, 26);
    head.writeUInt16LE(8, 28);
    head.writeUInt32LE(1, 30);
    head.writeUInt32LE(1, 46);
    const slow = Buffer.concat([head, Buffer.alloc(40_000_000, Buffer.from('ff00', 'hex'))]);
    await prepareImage(slow, { limits: { timeLimit: ${timeLimit} } });`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
}

let program: ChildProcess | undefined;
afterEach(() => {
  program?.kill('SIGKILL');
});

test('a decoder ends with the program that is killed, in the midst of a slow image', async () => {
  program = preparingSlowly(600_000);
  const decoder = await busyChildOf(program);
  program.kill('SIGKILL');
  await expect.poll(() => isWorking(decoder), { timeout: 5_000 }).toBe(false);
});

test('a decoder ends by its own limit where the program cannot end it', { timeout: 120_000 }, async () => {
  program = preparingSlowly(8_000);
  const decoder = await busyChildOf(program);
  program.kill('SIGSTOP');
  await expect.poll(() => isWorking(decoder), { timeout: 90_000 }).toBe(false);
});

/** @returns the id of a child process that has been busy for a while */
async function busyChildOf({ pid }: ChildProcess): Promise<number> {
  const children = (): number[] => processes().filter((id) => statOf(id)?.parent === pid);
  await expect
    .poll(() => children().some((id) => (statOf(id)?.seconds ?? 0) > 0.3), { timeout: 20_000 })
    .toBe(true);
  const [child] = children();
  if (child === undefined) throw new Error('it has no child any more');
  expect(isWorking(child)).toBe(true);
  return child;
}

function processes(): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((id) => id > 0);
}

/** A dead process with a stopped parent stays in the table, as Z. */
function isWorking(id: number): boolean {
  const { state = 'X' } = statOf(id) ?? {};
  return state !== 'Z' && state !== 'X';
}

/**
 * `proc(5)`: after the name in brackets come the state, the parent and, as the eleventh and twelfth fields, hundredths of a
 * second.
 */
function statOf(id: number): { state: string; parent: number; seconds: number } | undefined {
  try {
    const fields = readFileSync(`/proc/${id}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    const [state = '', parent] = fields;
    return { state, parent: Number(parent), seconds: (Number(fields[11]) + Number(fields[12])) / 100 };
  } catch {
    return undefined;
  }
}
