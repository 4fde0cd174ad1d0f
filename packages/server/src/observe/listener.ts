import type { TraceListener } from '../signed/trace.js';

/** Observes all that a service does. Each method may be absent, and then costs nothing. None may throw. */
export interface ServiceListener extends TraceListener {
  /** An image was asked for, and answered with this status. */
  imageRead?(status: number): void;
  /** A connection was cut off: its peer was too slow. */
  cut?(): void;
}

/** @returns all of these listeners as one, called in this order */
export function allOf(listeners: readonly ServiceListener[]): Required<ServiceListener> {
  const begin = having(listeners, 'begin');
  const within = having(listeners, 'within');
  const stage = having(listeners, 'stage');
  const received = having(listeners, 'received');
  const end = having(listeners, 'end');
  const imageRead = having(listeners, 'imageRead');
  const cut = having(listeners, 'cut');
  return {
    begin(trace) {
      for (const listener of begin) listener.begin(trace);
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
  };
}

function having<Name extends keyof ServiceListener>(
  listeners: readonly ServiceListener[],
  name: Name,
): (ServiceListener & Required<Pick<ServiceListener, Name>>)[] {
  type Having = ServiceListener & Required<Pick<ServiceListener, Name>>;
  return listeners.filter((listener): listener is Having => listener[name] !== undefined);
}
