import type { IncomingMessage } from 'node:http';
import type { ServiceListener, Trace } from '@coupon-media/server';
import type { Clock } from '../run/clock.js';
import type { JournalLimits } from './limits.js';
import { type Insight, ReceivedRequest } from './received-request.js';
import { cut, emptyBody, keep, type Recorded } from './recorded.js';

/** The requests that a sandbox received, oldest first, in bounded memory. Nothing is written to a disk. */
export interface Journal {
  /** Writes the journal. */
  readonly listener: ServiceListener;
  /** Receives the body of a request that is about to be answered before anybody has read it. */
  receiveRest(trace: Trace, request: IncomingMessage): void;
  /** The requests that have their response, or whose sender went away, in the order in which they came. */
  requests(): readonly ReceivedRequest[];
  /** @returns undefined if there is none, or it gave way to newer ones */
  request(number: number): ReceivedRequest | undefined;
  clear(): void;
  /**
   * Calls a function with every request that ends from now on.
   *
   * @returns a function that ends this
   */
  follow(heard: (request: ReceivedRequest) => void): () => void;
}

interface Entry {
  readonly recorded: Recorded;
  readonly request: ReceivedRequest;
}

export function createJournal(
  clock: Clock,
  insight: Insight,
  { requests: most = 1_000, bytes: mostBytes = 64 * 1024 * 1024 }: JournalLimits = {},
): Journal {
  const underWay = new Map<Trace, Entry>();
  let ended: Entry[] = [];
  const followers = new Set<(request: ReceivedRequest) => void>();
  let count = 0;
  /** Bytes of all bodies. */
  let held = 0;

  function begin(request: IncomingMessage, trace: Trace | undefined, status?: number): Entry {
    count += 1;
    const recorded = {
      ...{ number: count, at: clock.now(), clock: clock.described(), trace, status },
      method: request.method ?? '',
      url: trace?.head.url ?? request.url ?? '',
      rawHeaders: request.rawHeaders,
      body: emptyBody(),
    };
    return { recorded, request: new ReceivedRequest(recorded, insight) };
  }

  function end(entry: Entry): void {
    ended.push(entry);
    while (ended.length > most) held -= ended.shift()?.recorded.body.kept ?? 0;
    for (const older of ended) {
      if (held <= mostBytes) break;
      held -= cut(older.recorded.body);
    }
    for (const heard of followers) heard(entry.request);
  }

  /** Nobody reads the body of a request that is refused by its head; it runs out, and is received on the way. */
  function readUnopened({ recorded }: Entry, request: IncomingMessage): void {
    if (request.readableFlowing !== null) return;
    // A paused stream does not begin to flow with its first listener, so nothing is lost to those that come later.
    request.pause();
    request.on('data', (bytes: Buffer) => {
      held += keep(recorded.body, bytes);
    });
  }

  return {
    receiveRest(trace, request) {
      const entry = underWay.get(trace);
      if (entry) readUnopened(entry, request);
    },
    listener: {
      begin: (trace, request) => void underWay.set(trace, begin(request, trace)),
      received(trace, bytes) {
        const entry = underWay.get(trace);
        if (entry) held += keep(entry.recorded.body, bytes);
      },
      end(trace) {
        const entry = underWay.get(trace);
        underWay.delete(trace);
        if (entry) end(entry);
      },
      turnedAway(_, unrouted) {
        if (!unrouted) return;
        const entry = begin(unrouted.request, undefined, unrouted.status);
        readUnopened(entry, unrouted.request);
        end(entry);
      },
    },
    requests() {
      // A client may have its response before the service has noticed that it was written.
      const answered = [...underWay.values()].filter(({ recorded }) => recorded.trace?.response);
      const all = [...ended, ...answered].sort((a, b) => a.recorded.number - b.recorded.number);
      return all.map(({ request }) => request);
    },
    request: (number) => ended.find(({ recorded }) => recorded.number === number)?.request,
    clear() {
      for (const { recorded } of ended) held -= recorded.body.kept;
      ended = [];
    },
    follow(heard) {
      followers.add(heard);
      return () => followers.delete(heard);
    },
  };
}
