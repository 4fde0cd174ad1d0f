import type { Trouble } from '../discovery/find.js';
import type { Say } from '../messages/messages.js';
import { systemReason } from '../shell/failure.js';
import type { Row } from './row.js';

/** What was asked for and is not to be had, as failures beside the others. */
export function withTroubles(rows: readonly Row[], troubles: readonly Trouble[], say: Say): Row[] {
  return [...rows, ...troubles.map((trouble) => rowOf(trouble, say))];
}

function rowOf({ path, key, values, cause }: Trouble, say: Say): Row {
  const reason = systemReason(cause, say);
  const remedy =
    key === 'find.noPictures' || key === 'find.noMatch' ? 'remedy.noPictures' : 'remedy.SOURCE_UNREADABLE';
  const problem = {
    code: 'SOURCE_UNREADABLE',
    reason: say(key, values) + (reason ? `: ${reason}` : ''),
    remedy: say(remedy),
    reach: 'one' as const,
  };
  // A picture's row has its path in it: a key that was named in place of one has none.
  const named = typeof path === 'string' ? path : say('find.given', { what: path });
  return { path: named, status: 'failed', problem };
}
