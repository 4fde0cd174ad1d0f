import { randomBytes } from 'node:crypto';
import { open, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CommandError } from '../shell/failure.js';

/**
 * Takes a file for this process alone: two runs at once would send the same images twice.
 *
 * Whoever wants it makes a claim beside it, an empty file with a name of its own, and has it once nobody else's claim is seen
 * there. Of two at least one came when the other's claim was there and sees it, so that two never have it; where they see each
 * other, the one whose name comes later steps back for a moment. A claim whose process has gone counts for nothing: nothing is
 * taken over, and so no two can take it over.
 *
 * @returns gives it back
 * @throws CommandError naming the process that has it
 */
export async function lock(file: string): Promise<() => Promise<void>> {
  const end = Date.now() + PATIENCE;
  let claim = await makeClaim(file);
  for (;;) {
    const found = await rivals(file, claim);
    const [rival] = found;
    if (!rival) return () => withdraw(claim);
    const isLater = found.some(({ name }) => name < claim);
    const isOver = Date.now() > end;
    if (isLater || isOver) await withdraw(claim);
    if (isOver) throw inUse(file, rival);
    await setTimeout(Math.random() * PAUSE);
    if (isLater) claim = await makeClaim(file);
  }
}

/** Milliseconds in which ten that come at once are sorted out; whoever sees another's claim for so long is told. */
const PATIENCE = 1_000;
/** Milliseconds, at most. */
const PAUSE = 20;

/** A claim on a file, by its name: what stands in the files of others is never read. */
interface Claim {
  /** Path. */
  readonly name: string;
  readonly pid: number;
  readonly host: string;
}

const CLAIM = /^\.lock\.(?<pid>\d{1,10})\.[0-9a-f]{16}\.(?<host>[\w.-]{1,64})$/;

const HERE =
  hostname()
    .replace(/[^\w.-]/g, '_')
    .slice(0, 64) || 'localhost';

/** Claims of this process: another one with its number is that of a process that had it before. */
const own = new Set<string>();

async function makeClaim(file: string): Promise<string> {
  const name = `${file}.lock.${process.pid}.${randomBytes(8).toString('hex')}.${HERE}`;
  // Exclusively, which also follows no link that was laid there.
  await (await open(name, 'wx', 0o600)).close();
  own.add(name);
  return name;
}

async function withdraw(claim: string): Promise<void> {
  await rm(claim, { force: true });
  own.delete(claim);
}

/** The claims of others that count; those that do not are cleared away. */
async function rivals(file: string, claim: string): Promise<Claim[]> {
  const found: Claim[] = [];
  for (const entry of await readdir(path.dirname(file))) {
    const rival = claimIn(file, entry);
    if (!rival || rival.name === claim) continue;
    if (counts(rival)) found.push(rival);
    else await rm(rival.name, { force: true });
  }
  return found;
}

function claimIn(file: string, entry: string): Claim | undefined {
  const base = path.basename(file);
  const { pid, host } = (entry.startsWith(base) && CLAIM.exec(entry.slice(base.length))?.groups) || {};
  if (pid === undefined || host === undefined) return undefined;
  return { name: `${file}${entry.slice(base.length)}`, pid: Number(pid), host };
}

/** What runs on another machine cannot be seen from here: it is for people to say that it has gone. */
function counts({ name, pid, host }: Claim): boolean {
  if (host !== HERE) return true;
  return pid === process.pid ? own.has(name) : isRunning(pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function inUse(file: string, { name, pid, host }: Claim): CommandError {
  return host === HERE
    ? new CommandError('ledger.inUse', { file, pid, lock: name })
    : new CommandError('ledger.inUseElsewhere', { file, pid, host, lock: name });
}
