import { expect, test } from 'vitest';
import { countHolders, type Rank, whoMakesRoom } from '../../dist/http/room.js';

interface Held {
  name: string;
  holder: string;
  rank: Rank;
  since: number;
}

/** Connections in order of the moment since when they are what they are: name, holder, rank. */
function crowd(...rows: [name: string, holder: string, rank: Rank][]) {
  const connections = rows.map(([name, holder, rank], since): Held => ({ name, holder, rank, since }));
  const holders = countHolders();
  for (const { holder } of connections) holders.add(holder);
  return { of: { connections: () => connections, rankOf: ({ rank }: Held) => rank, holders }, connections };
}

test('refused ones go first, then unproven ones, then idle ones; of equals that of the largest holder, and of its own the oldest', () => {
  const { of } = crowd(
    ['idle', 'a', 'idle'],
    ['proven', 'a', 'none'],
    ['unproven of a small holder', 'b', 'unproven'],
    ['older', 'a', 'unproven'],
    ['newer', 'a', 'unproven'],
    ['refused', 'c', 'refused'],
  );
  const next = whoMakesRoom(of, 10);
  const order = Array.from({ length: 5 }, () => next()?.connection.name);
  expect(order).toEqual(['refused', 'older', 'newer', 'unproven of a small holder', 'idle']);
});

test('one that was chosen and has begun something else, or was proven, stays', () => {
  const { of, connections } = crowd(
    ['first', 'a', 'unproven'],
    ['proven meanwhile', 'a', 'unproven'],
    ['busy meanwhile', 'a', 'unproven'],
    ['last', 'a', 'unproven'],
  );
  const next = whoMakesRoom(of, 10);
  expect(next()?.connection.name).toBe('first');
  const [, proven, busy] = connections;
  if (!proven || !busy) throw new Error('unreachable');
  proven.rank = 'none';
  busy.since = 7;
  expect(next()?.connection.name).toBe('last');
});

test('nobody goes where all must stay', () => {
  expect(whoMakesRoom(crowd(['a', 'a', 'none']).of, 1)()).toBeUndefined();
});
