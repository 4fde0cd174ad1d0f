import { Refusal } from '@coupon-media/apiv3';
import pino from 'pino';
import { expect, test } from 'vitest';
import { logRequests } from '../../dist/observe/log.js';
import { createTrace, type Trace } from '../../dist/signed/trace.js';
import { merchantKey, uploadHead } from '../upload/stages.js';

const ABSENT = undefined;

test.each<[what: string, of: (trace: Trace) => void, message: string]>([
  [
    'refused',
    (trace) => {
      trace.refusal = new Refusal('signatureWrong');
      trace.response = { status: 401, headers: {}, body: '' };
    },
    'upload',
  ],
  ['of senders that went away', () => ABSENT, 'upload: the sender went away'],
])(
  'fifty unproven requests a second that were %s have a line each, and then there is one a second',
  async (_, of, message) => {
    const { lines, listener, traceOf } = await logging();
    for (let at = 0; at < 150; at += 1) listener.end?.(await traceOf(of, 5_000));
    expect(lines).toHaveLength(51);
    expect(new Set(lines.map(({ msg }) => msg))).toEqual(new Set([message]));
    listener.end?.(await traceOf(of, 6_000));
    expect(lines).toHaveLength(52);
  },
);

test('each request of a proven sender has a line', async () => {
  const { lines, listener, traceOf } = await logging();
  const proven = (trace: Trace) => {
    trace.responseSigner = { signer: merchantKey, scheme: 'merchant' };
    trace.response = { status: 200, headers: {}, body: '' };
  };
  for (let at = 0; at < 150; at += 1) listener.end?.(await traceOf(proven, 5_000));
  expect(lines).toHaveLength(150);
});

async function logging() {
  const lines: { msg: string; unlogged?: number }[] = [];
  const listener = logRequests(pino({ base: null }, { write: (line) => lines.push(JSON.parse(line)) }));
  const head = await uploadHead('{}');
  return {
    ...{ lines, listener },
    async traceOf(of: (trace: Trace) => void, ended: number): Promise<Trace> {
      const trace = createTrace('upload', head, '0'.repeat(32));
      of(trace);
      trace.ended = ended;
      return trace;
    },
  };
}
