import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { expect, test } from 'vitest';
import { throttleLog } from '../../dist/observe/throttled-log.js';

test('one line per second and kind is logged, with the number of those left out', async () => {
  const lines: { msg: string; at: number; unlogged?: number }[] = [];
  const sparing = throttleLog(pino({ base: null }, { write: (line) => lines.push(JSON.parse(line)) }));
  for (let at = 0; at < 100; at += 1) {
    sparing.warn('connections', { at }, 'one');
    sparing.info('pace', { at }, 'other');
  }
  expect(lines.map(({ msg, at }) => [msg, at])).toEqual([
    ['one', 0],
    ['other', 0],
  ]);
  await sleep(1100);
  sparing.warn('connections', { at: 100 }, 'one');
  expect(lines.at(-1)).toMatchObject({ msg: 'one', at: 100, unlogged: 99 });
});
