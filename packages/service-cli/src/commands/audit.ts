import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditQuery, StoredEntry } from '@coupon-media/relay';
import { untilStopped } from 'coupon-media/shell';
import type { ServiceShell } from '../messages/messages.js';
import type { RecordsFlags } from '../records.js';
import { withRelay } from '../relay-records.js';

interface Flags extends RecordsFlags {
  /** Unix milliseconds. */
  since?: number;
  caller?: string;
  follow?: true;
  json?: true;
}

const DAY = 86_400_000;

/** Milliseconds between two looks of `--follow`. */
const EVERY = 1000;

/** Milliseconds. Nodes write an entry within this time of its moment, so that `--follow` looks back so far. */
const LATE = 10_000;

/** `coupon-media audit`. */
export async function audit(
  shell: ServiceShell,
  { since, caller, follow, json, ...flags }: Flags,
): Promise<void> {
  const { out, err, say } = shell;
  const { auditFields } = await import('@coupon-media/relay');
  const stopping = new AbortController();
  if (follow) void untilStopped().then(() => stopping.abort());
  const seen = new Set<string>();
  await withRelay(flags, shell, async ({ audit: records }) => {
    const from = since ?? Date.now() - DAY;
    let last = await show({ since: from, caller });
    if (!follow && seen.size === 0 && !json) err.lines(say('audit.none'));
    while (follow && !stopping.signal.aborted) {
      await sleep(EVERY, undefined, { signal: stopping.signal }).catch(() => {});
      for (const id of seen) if (momentOf(id) < last - LATE) seen.delete(id);
      last = Math.max(last, await show({ since: Math.max(from, last - LATE), caller }));
    }

    /** @returns the moment of the last entry */
    async function show(query: AuditQuery): Promise<number> {
      let moment = query.since ?? 0;
      for await (const entry of records.entries(query)) {
        if (stopping.signal.aborted) break;
        moment = entry.at;
        if (seen.has(entry.id)) continue;
        seen.add(entry.id);
        if (json) out.json(auditFields(entry));
        else out.lines(lineOf(entry));
      }
      return moment;
    }
  });
}

/** An id begins with the moment of its entry. */
function momentOf(id: string): number {
  return Number.parseInt(id, 10);
}

function lineOf(entry: StoredEntry): string {
  const { at, event, caller, account, door, outcome, code, sha256, filename, value, milliseconds, subject } =
    entry;
  return [
    new Date(at).toISOString(),
    event,
    caller,
    account,
    door,
    `${outcome}${code === undefined ? '' : ` ${code}`}`,
    sha256,
    filename && JSON.stringify(filename),
    subject,
    value,
    milliseconds === undefined ? undefined : `${milliseconds} ms`,
  ]
    .filter((part) => part !== undefined)
    .join('  ');
}
