import { type BacklogOptions, createBacklog } from './backlog.js';
import type { InFlight, Permit } from './index.js';
import { createLine } from './line.js';
import { createQueue, type Room } from './queue.js';

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
  /** When so much waits to be stored that no more uploads are admitted. */
  backlog?: BacklogOptions;
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
  { trust = 1_000, wait = 2_000, waiting = 256, backlog: backlogOptions }: InFlightOptions = {},
  onMadeRoom: () => void = () => {},
): InFlight & { load(): Load } {
  const unprovenLimit = limit / 4;
  const holderLimit = limit - limit / 4;
  /** A holder keeps its entry even with zero bytes, since there are only as many holders as merchants. */
  const byHolder = new Map<string, number>();
  const unassigned = createLine<Unproven>();
  const backlog = createBacklog(backlogOptions);
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

  function permit(declared: number, onExpelled: () => void): Permit {
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
    let endBacklog: (() => void) | undefined;

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
      arrivedWhole() {
        endBacklog = backlog.join();
      },
      leave() {
        forget();
        share?.leave();
        endBacklog?.();
        endBacklog = undefined;
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
      return isAdmitted ? permit(declared, onExpelled) : undefined;
    },
    isOverloaded: backlog.isLong,
    load: () => ({ bytes: proven + unproven, unproven, waiting: proving.size() + entering.size() }),
  };
}

interface Unproven {
  /** Bytes. */
  arrived: number;
  /** Ends the upload to make room for others. */
  expel(): void;
}

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
