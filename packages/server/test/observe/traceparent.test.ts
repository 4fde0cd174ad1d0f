import { expect, test } from 'vitest';
import { readTraceparent } from '../../dist/observe/tracing/traceparent.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

test('names the span of the caller', () => {
  expect(readTraceparent(`00-${TRACE}-${SPAN}-01`, undefined)).toEqual({
    traceId: TRACE,
    spanId: SPAN,
    traceFlags: 1,
    isRemote: true,
  });
});

test('only the known flag counts, and the state is kept', () => {
  const read = readTraceparent(`00-${TRACE}-${SPAN}-fe`, 'a=1,b=2');
  expect(read?.traceFlags).toBe(0);
  expect(read?.traceState?.serialize()).toBe('a=1,b=2');
});

test('a later version may have more fields', () => {
  expect(readTraceparent(`01-${TRACE}-${SPAN}-01-more`, undefined)?.traceId).toBe(TRACE);
});

test.each([
  undefined,
  '',
  'nonsense',
  `ff-${TRACE}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-01-more`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${'0'.repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  `00-${TRACE}-${SPAN}`,
  `00-${TRACE}-${SPAN}-1`,
])('malformed headers count as absent: %s', (header) => {
  expect(readTraceparent(header, undefined)).toBeUndefined();
});
