import { randomBytes } from 'node:crypto';
import { open, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CommandError } from '../shell/failure.js';

/**
 * Locks a file for this process: two runs at once would send the same images twice.
 *
 * A process makes a claim beside the file, an empty file with a unique name, and holds the lock when it sees no other claim. Of
 * two processes, at least one made its claim after the other and sees it, so two never hold the lock. If both see each other,
 * the one whose name sorts later withdraws for a moment. The claim of a process that has ended does not count. No claim is ever
 * taken over, so two processes cannot take over the same one.
 *
 * @returns a function that releases the lock
 * @throws CommandError that names the process which holds it
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

/** Milliseconds. Ten processes that start at once get the lock in order within it; after it, the call fails. */
const PATIENCE = 1_000;
/** Milliseconds, at most. */
const PAUSE = 20;

/** A claim on a file, described by its name alone; the content is never read. */
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

/** The claims of this process. Another claim with its number is from an earlier process with this number. */
const own = new Set<string>();

async function makeClaim(file: string): Promise<string> {
  const name = `${file}.lock.${process.pid}.${randomBytes(8).toString('hex')}.${HERE}`;
  // Created exclusively, which also does not follow a link.
  await (await open(name, 'wx', 0o600)).close();
  own.add(name);
  return name;
}

async function withdraw(claim: string): Promise<void> {
  await rm(claim, { force: true });
  own.delete(claim);
}

/** Finds the valid claims of other processes and removes the invalid ones. */
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

/** A process on another machine cannot be checked from here; a person has to remove its claim. */
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
