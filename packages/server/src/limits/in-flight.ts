import type { InFlight, Slot } from './index.js';

/** Times in milliseconds, and the number of uploads that may wait. */
interface InFlightOptions {
  /**
   * How long an authenticated upload counts for its declared length. An honest client has sent 2 MiB, or most of it, by
   * then.
   */
  trust?: number;
  /**
   * How long an upload waits for room. This is longer than `trust`, so that clients that declare much and send little
   * cannot block others.
   */
  wait?: number;
  /** The most uploads that wait in each of the two queues. Each holds a connection and its socket buffers. */
  waiting?: number;
}

/** The load for the metrics. */
interface Load {
  /** Bytes that count against the limit. */
  readonly bytes: number;
  /** The part of these bytes whose senders are not authenticated yet. */
  readonly unproven: number;
  /** Uploads that wait for room. */
  readonly waiting: number;
}

/**
 * Limits the bytes of all uploads in progress. An upload counts for the bytes that have arrived until its sender is
 * authenticated. After that it counts for its declared length for a second, so that a burst of large uploads stays
 * within the limit.
 *
 * All uploads share the limit. Unauthenticated ones may use a quarter of it and make room for others. The oldest of
 * them goes first, because honest senders are authenticated within moments. The authenticated uploads of one holder
 * leave a quarter of the limit to others.
 *
 * @param limit bytes. One upload is always admitted
 * @param onMadeRoom called for each upload that has to make room
 */
export function createInFlight(
  limit: number,
  { trust = 1_000, wait = 2_000, waiting = 256 }: InFlightOptions = {},
  onMadeRoom: () => void = () => {},
): InFlight & { load(): Load } {
  const unprovenLimit = limit / 4;
  const holderLimit = limit - limit / 4;
  /** A holder keeps its entry even with zero bytes, since there are only as many holders as merchants. */
  const byHolder = new Map<string, number>();
  const unassigned = createLine<Unproven>();
  let proven = 0;
  let unproven = 0;
  // Authenticated uploads come first.
  const proving = createQueue(waiting, wait, admitWaiting);
  const entering = createQueue(waiting, wait, admitWaiting);

  function admitWaiting(): void {
    if (proving.admitWaiting()) entering.admitWaiting();
  }

  /** Returns how many bytes the unauthenticated uploads have too many. */
  function excess(): number {
    return Math.max(unproven - unprovenLimit, unproven + proven - limit);
  }

  function makeRoom(): void {
    for (const upload of unassigned) {
      if (excess() <= 0 || unassigned.length() === 1) return;
      if (upload.arrived > 0) upload.expel();
    }
  }

  function slot(declared: number, onExpelled: () => void): Slot {
    let isExpelled = false;
    let share: Share | undefined;
    let isUnassigned = true;
    const upload: Unproven = {
      arrived: 0,
      expel() {
        forget();
        isExpelled = true;
        onExpelled();
        onMadeRoom();
      },
    };
    const end = unassigned.join(upload);

    function forget(): void {
      if (!isUnassigned) return;
      isUnassigned = false;
      end();
      unproven -= upload.arrived;
    }

    return {
      arrived(bytes) {
        upload.arrived += bytes;
        if (share) share.weigh(upload.arrived);
        else if (isUnassigned) {
          unproven += bytes;
          if (excess() > 0) makeRoom();
        }
      },
      async assign(holder) {
        if (isExpelled) return false;
        forget();
        const own = shareOf(holder, upload.arrived);
        share = own;
        return proving.wait(
          () => own.room(declared - upload.arrived),
          () => own.trust(declared),
        );
      },
      leave() {
        forget();
        share?.leave();
      },
    };
  }

  function shareOf(holder: string, first: number): Share {
    let arrived = first;
    let trusted = 0;
    let weight = 0;
    let left = false;
    let timer: NodeJS.Timeout | undefined;
    const held = () => byHolder.get(holder) ?? 0;

    function weigh(): void {
      const more = (left ? 0 : Math.max(arrived, trusted)) - weight;
      weight += more;
      proven += more;
      byHolder.set(holder, held() + more);
      if (more < 0) admitWaiting();
      else if (excess() > 0) makeRoom();
    }

    weigh();
    return {
      room(more) {
        if (more <= 0) return 'here';
        if (held() > weight && held() + more > holderLimit) return 'not for its holder';
        return proven > weight && proven + more > limit ? 'none' : 'here';
      },
      weigh(bytes) {
        arrived = bytes;
        weigh();
      },
      trust(declared) {
        if (left) return;
        trusted = declared;
        timer = setTimeout(() => {
          trusted = 0;
          weigh();
        }, trust);
        weigh();
      },
      leave() {
        clearTimeout(timer);
        left = true;
        weigh();
      },
    };
  }

  return {
    async enter(declared, onExpelled = () => {}) {
      const isAdmitted = await entering.wait(() =>
        proven > 0 && proven + declared > limit ? 'none' : 'here',
      );
      return isAdmitted ? slot(declared, onExpelled) : undefined;
    },
    load: () => ({ bytes: proven + unproven, unproven, waiting: proving.size() + entering.size() }),
  };
}

interface Unproven {
  /** Bytes. */
  arrived: number;
  /** Ends the upload to make room for others. */
  expel(): void;
}

/** Members in the order in which they joined. */
interface Line<T> extends Iterable<T> {
  /** @returns a function that removes the member; call it once */
  join(member: T): () => void;
  length(): number;
}

interface Link<T> {
  member: T | undefined;
  before: Link<T>;
  after: Link<T>;
}

/**
 * A linked list is used instead of a Set. If members of a Set came and went with every upload, V8 would keep rebuilding
 * its table, and the old tables would retain former members until the next major collection. A member that leaves
 * clears its links for the same reason.
 */
function createLine<T>(): Line<T> {
  const ends = { member: undefined } as Link<T>;
  ends.before = ends;
  ends.after = ends;
  let length = 0;
  return {
    join(member) {
      const link: Link<T> = { member, before: ends.before, after: ends };
      link.before.after = link;
      ends.before = link;
      length += 1;
      return () => {
        link.before.after = link.after;
        link.after.before = link.before;
        link.before = link;
        link.after = link;
        length -= 1;
      };
    },
    *[Symbol.iterator]() {
      for (let link = ends.after; link !== ends; ) {
        const { member, after } = link;
        link = after;
        yield member as T;
      }
    },
    length: () => length,
  };
}

type Room = 'here' | 'not for its holder' | 'none';

/** The share of the limit that an authenticated upload uses. */
interface Share {
  /** Whether there is room for this many more bytes. */
  room(more: number): Room;
  /** @param bytes all bytes that have arrived */
  weigh(bytes: number): void;
  /** Counts the upload for its declared length for a while. */
  trust(declared: number): void;
  leave(): void;
}

interface Queue {
  /**
   * @param take called as soon as there is room
   * @returns whether there was room before the wait ended
   */
  wait(room: () => Room, take?: () => void): boolean | Promise<boolean>;
  /**
   * Admits waiting uploads in the order of their arrival. A small upload does not overtake a large one for ever, but
   * uploads of a holder with too many bytes are overtaken.
   *
   * @returns whether no upload waits for lack of room
   */
  admitWaiting(): boolean;
  size(): number;
}

function createQueue(limit: number, timeout: number, admitAll: () => void): Queue {
  const waiters = new Set<{ room(): Room; go(): void }>();

  function admitWaiting(): boolean {
    for (const waiter of waiters) {
      const room = waiter.room();
      if (room === 'none') return false;
      if (room === 'here') waiter.go();
    }
    return true;
  }

  return {
    admitWaiting,
    wait(room, take = () => {}) {
      if (waiters.size === 0 && room() === 'here') {
        take();
        return true;
      }
      if (waiters.size >= limit) return false;
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          waiters.delete(waiter);
          resolve(false);
          // The upload that gave up may have been a large one that smaller ones waited for.
          admitAll();
        }, timeout);
        const waiter = {
          room,
          go() {
            clearTimeout(timer);
            waiters.delete(waiter);
            take();
            resolve(true);
          },
        };
        waiters.add(waiter);
        admitWaiting();
      });
    },
    size: () => waiters.size,
  };
}
