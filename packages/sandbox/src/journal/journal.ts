import type { IncomingMessage } from 'node:http';
import type { ServiceListener, Trace } from '@coupon-media/server';
import type { Clock } from '../run/clock.js';
import { checkedLimits, type JournalLimits } from './limits.js';
import { type Insight, ReceivedRequest } from './received-request.js';
import { cut, emptyBody, keep, type PlainUpload, type Recorded } from './recorded.js';

/** The requests that a sandbox received, oldest first, in bounded memory. Nothing is written to a disk. */
export interface Journal {
  /** Writes the journal. */
  readonly listener: ServiceListener;
  /** Writes the requests that the sandbox sends itself. */
  replayListener(replay: Replay): ServiceListener;
  /** Receives the body of a request that is about to be answered before anybody has read it. */
  receiveRest(trace: Trace, request: IncomingMessage): void;
  /**
   * Writes a request of the plain door.
   *
   * @returns a function that says what has become of it
   */
  plain(request: IncomingMessage): (status: number, upload: PlainUpload) => void;
  /** The requests that have their response, or whose sender went away, in the order in which they came. */
  requests(): readonly ReceivedRequest[];
  /** @returns undefined if there is none, or it gave way to newer ones */
  request(number: number): ReceivedRequest | undefined;
  /** @returns the same as it was written down, with what `request` hides */
  recorded(number: number): Recorded | undefined;
  /** How many requests gave way to newer ones. */
  gaveWay(): number;
  clear(): void;
  /**
   * Calls a function with every request that ends from now on.
   *
   * @returns a function that ends this
   */
  follow(heard: (request: ReceivedRequest) => void): () => void;
}

/** A request that is sent again. */
export interface Replay {
  readonly of: number;
  /** By which it is judged. */
  readonly clock: Pick<Clock, 'now' | 'described'>;
  /** Called when it has ended. */
  ended(request: ReceivedRequest): void;
}

interface Entry {
  readonly recorded: Recorded;
  readonly request: ReceivedRequest;
  readonly replay: Replay | undefined;
}

/** @throws SandboxError if a limit is no whole number from 0 */
export function createJournal(clock: Clock, insight: Insight, limits: JournalLimits = {}): Journal {
  const { requests: most, bytes: mostBytes } = checkedLimits(limits);
  const underWay = new Map<Trace, Entry>();
  let ended: Entry[] = [];
  const followers = new Set<(request: ReceivedRequest) => void>();
  let count = 0;
  /** Bytes of all bodies. */
  let held = 0;
  let gone = 0;

  function begin(
    request: IncomingMessage,
    { trace, status, replay }: { trace?: Trace; status?: number; replay: Replay | undefined },
  ): Entry {
    count += 1;
    const { now, described } = replay?.clock ?? clock;
    const recorded = {
      ...{ number: count, replayOf: replay?.of, at: now(), clock: described(), trace, status },
      method: request.method ?? '',
      url: trace?.head.url ?? request.url ?? '',
      rawHeaders: request.rawHeaders,
      body: emptyBody(),
    };
    return { recorded, request: new ReceivedRequest(recorded, insight), replay };
  }

  function end(entry: Entry): void {
    ended.push(entry);
    while (ended.length > most) {
      held -= ended.shift()?.recorded.body.kept ?? 0;
      gone += 1;
    }
    for (const older of ended) {
      if (held <= mostBytes) break;
      held -= cut(older.recorded.body);
    }
    entry.replay?.ended(entry.request);
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

  function listenerOf(replay?: Replay): ServiceListener {
    return {
      begin: (trace, request) => void underWay.set(trace, begin(request, { trace, replay })),
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
        const entry = begin(unrouted.request, { status: unrouted.status, replay });
        readUnopened(entry, unrouted.request);
        end(entry);
      },
    };
  }

  function entryOf(number: number): Entry | undefined {
    return ended.find(({ recorded }) => recorded.number === number);
  }

  return {
    plain(request) {
      const entry = begin(request, { replay: undefined });
      entry.recorded.body.isCut = true;
      return (status, upload) => {
        Object.assign(entry.recorded, { status, plain: upload });
        if (most > 0) end(entry);
      };
    },
    receiveRest(trace, request) {
      const entry = underWay.get(trace);
      if (entry) readUnopened(entry, request);
    },
    // Without a journal, requests cost nothing.
    listener: most === 0 ? {} : listenerOf(),
    replayListener: listenerOf,
    requests() {
      // A client may have its response before the service has noticed that it was written.
      const answered = [...underWay.values()].filter(({ recorded }) => recorded.trace?.response);
      const all = [...ended, ...answered].sort((a, b) => a.recorded.number - b.recorded.number);
      return all.map(({ request }) => request);
    },
    request: (number) => entryOf(number)?.request,
    recorded: (number) => entryOf(number)?.recorded,
    gaveWay: () => gone,
    clear() {
      gone = 0;
      for (const { recorded } of ended) held -= recorded.body.kept;
      ended = [];
    },
    follow(heard) {
      followers.add(heard);
      return () => followers.delete(heard);
    },
  };
}
