import type { IncomingMessage } from 'node:http';
import type { TraceListener } from '../signed/trace.js';

/** Observes everything that a service does. An absent method costs nothing. No method may throw. */
export interface ServiceListener extends TraceListener {
  /** An image was requested. The response had this status. */
  imageRead?(status: number): void;
  /** A connection was cut off because its peer was too slow. */
  cut?(): void;
  /** An upload or a connection was ended to make room for others. */
  madeRoom?(what: MadeRoom): void;
  /** An upload was refused before anything of it was examined, because those before it wait too long. */
  overloaded?(): void;
  /** Input reached no route. */
  turnedAway?(what: TurnedAway, unrouted?: Unrouted): void;
}

/** A request without a route, and the status of its response. Only its head may be read. */
export interface Unrouted {
  readonly request: IncomingMessage;
  readonly status: number;
}

/**
 * `upload` is an upload that was stopped before its sender was authenticated. The others are connections that were
 * closed: one whose request was already `refused`, one whose peer was still `unproven`, or one that was `idle`. `none`
 * is a new connection that was closed because no other could be.
 */
export type MadeRoom = (typeof MADE_ROOM)[number];

export const MADE_ROOM = ['refused', 'unproven', 'idle', 'none', 'upload'] as const;

/**
 * Input that reached no route: `broken` is not an HTTP request, `unknown` has no route (404 or 405) or two hosts. Waiting requests
 * were dropped because too many waited on one connection (`crowded`), or because it closed before their turn (`abandoned`).
 */
export type TurnedAway = (typeof TURNED_AWAY)[number];

export const TURNED_AWAY = ['broken', 'unknown', 'crowded', 'abandoned'] as const;

/** @returns all listeners as one, called in this order */
export function allOf(listeners: readonly ServiceListener[]): Required<ServiceListener> {
  const begin = having(listeners, 'begin');
  const within = having(listeners, 'within');
  const stage = having(listeners, 'stage');
  const received = having(listeners, 'received');
  const end = having(listeners, 'end');
  const imageRead = having(listeners, 'imageRead');
  const cut = having(listeners, 'cut');
  const madeRoom = having(listeners, 'madeRoom');
  const overloaded = having(listeners, 'overloaded');
  const turnedAway = having(listeners, 'turnedAway');
  return {
    begin(trace, request) {
      for (const listener of begin) listener.begin(trace, request);
    },
    within(trace, act) {
      let around = act;
      for (const listener of within) {
        const inner = around;
        around = () => listener.within(trace, inner);
      }
      return around();
    },
    stage(trace) {
      for (const listener of stage) listener.stage(trace);
    },
    received(trace, bytes) {
      for (const listener of received) listener.received(trace, bytes);
    },
    end(trace) {
      for (const listener of end) listener.end(trace);
    },
    imageRead(status) {
      for (const listener of imageRead) listener.imageRead(status);
    },
    cut() {
      for (const listener of cut) listener.cut();
    },
    madeRoom(what) {
      for (const listener of madeRoom) listener.madeRoom(what);
    },
    overloaded() {
      for (const listener of overloaded) listener.overloaded();
    },
    turnedAway(what, unrouted) {
      for (const listener of turnedAway) listener.turnedAway(what, unrouted);
    },
  };
}

function having<Name extends keyof ServiceListener>(
  listeners: readonly ServiceListener[],
  name: Name,
): (ServiceListener & Required<Pick<ServiceListener, Name>>)[] {
  type Having = ServiceListener & Required<Pick<ServiceListener, Name>>;
  return listeners.filter((listener): listener is Having => listener[name] !== undefined);
}
