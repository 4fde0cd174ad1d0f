import type { InFlight, Place } from './index.js';

/** Milliseconds, and how many uploads may wait. */
interface Patience {
  /** How long an upload whose sender is proven counts for what it declares. Who means it has sent 2 MiB, or much of it, by then. */
  trust?: number;
  /** How long one waits for room. Longer than `trust`, so that who only declares cannot keep others out. */
  wait?: number;
  /** How many may wait, at each of the two doors: each holds a connection, and at most what its socket buffers. */
  waiting?: number;
}

/** What is there to be seen. */
interface Load {
  /** That count against the limit. */
  readonly bytes: number;
  /** Of these, bytes of uploads of which nobody has proven yet whose they are. */
  readonly unproven: number;
  /** Uploads that wait for room. */
  readonly waiting: number;
}

/**
 * Nothing is granted on a claim: an upload counts for what has arrived until its signature is proven, and then, for a second, for
 * what it declares, so that a burst of large ones is held to the limit.
 *
 * All of them have the limit together. Those that are not proven have a quarter of it, and make room: the one that has stood
 * longest goes, since an honest one is proven within moments. The proven uploads of one holder leave a quarter of it to others.
 *
 * @param limit bytes. One upload is always let in
 * @param onMadeRoom called for each upload that has to make room
 */
export function createInFlight(
  limit: number,
  { trust = 1_000, wait = 2_000, waiting = 256 }: Patience = {},
  onMadeRoom: () => void = () => {},
): InFlight & { load(): Load } {
  const unprovenLimit = limit / 4;
  const holderLimit = limit - limit / 4;
  /** Holders stay, with nothing: there are as many as merchants. */
  const byHolder = new Map<string, number>();
  const standing = createLine<Unproven>();
  let proven = 0;
  let unproven = 0;
  // Whose upload is proven comes first.
  const proving = createQueue(waiting, wait, letOn);
  const entering = createQueue(waiting, wait, letOn);

  function letOn(): void {
    if (proving.letOn()) entering.letOn();
  }

  /** Bytes that uploads which are not proven hold too much. */
  function excess(): number {
    return Math.max(unproven - unprovenLimit, unproven + proven - limit);
  }

  function makeRoom(): void {
    for (const upload of standing) {
      if (excess() <= 0 || standing.length() === 1) return;
      if (upload.arrived > 0) upload.expel();
    }
  }

  function place(declared: number, onExpelled: () => void): Place {
    let isExpelled = false;
    let share: Share | undefined;
    let isStanding = true;
    const upload: Unproven = {
      arrived: 0,
      expel() {
        forget();
        isExpelled = true;
        onExpelled();
        onMadeRoom();
      },
    };
    const end = standing.join(upload);

    function forget(): void {
      if (!isStanding) return;
      isStanding = false;
      end();
      unproven -= upload.arrived;
    }

    return {
      arrived(bytes) {
        upload.arrived += bytes;
        if (share) share.weigh(upload.arrived);
        else if (isStanding) {
          unproven += bytes;
          if (excess() > 0) makeRoom();
        }
      },
      async prove(holder) {
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
      if (more < 0) letOn();
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
      const isLetIn = await entering.wait(() => (proven > 0 && proven + declared > limit ? 'none' : 'here'));
      return isLetIn ? place(declared, onExpelled) : undefined;
    },
    load: () => ({ bytes: proven + unproven, unproven, waiting: proving.size() + entering.size() }),
  };
}

interface Unproven {
  /** Bytes. */
  arrived: number;
  /** It makes room. */
  expel(): void;
}

/** Members in the order in which they joined. */
interface Line<T> extends Iterable<T> {
  /** @returns leaves the line; to be called once */
  join(member: T): () => void;
  length(): number;
}

interface Link<T> {
  member: T | undefined;
  before: Link<T>;
  after: Link<T>;
}

/**
 * Links, and no Set: one whose members come and go with every upload is rebuilt all the time, and V8's old tables hold who was in
 * them, with all that belongs to them, until the next major collection. One that leaves lets go of its neighbours for the same reason.
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

/** What a proven upload has of the limit. */
interface Share {
  /** Whether there is room for so many bytes more. */
  room(more: number): Room;
  /** @param bytes all that have arrived */
  weigh(bytes: number): void;
  /** Counts it for what it declares, for a while. */
  trust(declared: number): void;
  leave(): void;
}

interface Queue {
  /**
   * @param take called at once when there is room
   * @returns whether there was, before the patience ended
   */
  wait(room: () => Room, take?: () => void): boolean | Promise<boolean>;
  /**
   * Lets on who can go, in the order in which they came: a small upload does not overtake a large one for ever, but one whose holder
   * has too much is overtaken.
   *
   * @returns whether nobody is left for whom there is no room
   */
  letOn(): boolean;
  size(): number;
}

function createQueue(limit: number, patience: number, letOnAll: () => void): Queue {
  const waiters = new Set<{ room(): Room; go(): void }>();

  function letOn(): boolean {
    for (const waiter of waiters) {
      const room = waiter.room();
      if (room === 'none') return false;
      if (room === 'here') waiter.go();
    }
    return true;
  }

  return {
    letOn,
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
          // It may have been the large one that smaller ones waited behind.
          letOnAll();
        }, patience);
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
        letOn();
      });
    },
    size: () => waiters.size,
  };
}
