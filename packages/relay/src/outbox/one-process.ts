import type { Database, Row, Statement } from '@coupon-media/server/engine';
import type { Claim, Outbox, Recorded, Wish } from './index.js';
import { createLine, type Line } from './line.js';
import {
  forgetRecorded,
  keyOf,
  keyValues,
  PLACES,
  readBacklog,
  readRecorded,
  recording,
  textOf,
  WISH_COLUMNS,
  wishOf,
  wishValues,
} from './rows.js';
import { createWaiters } from './waiters.js';

/** Milliseconds that a write may wait for others to share its commit: little beside what upstream takes. */
const SHARED = 10;

/** Milliseconds after which nobody is expected whose write could share a commit. */
const ALONE = 200;

/** Milliseconds that a claim lasts after a try to record its result. */
const UNRECORDED = 60_000;

/**
 * The outbox of one folder. Its one process knows in memory what is pending and who has it; rows are there for the next process. A
 * wish and a record are one statement each, in the commit that they share with uploads.
 *
 * @param clock Unix milliseconds
 */
export async function openOneProcessOutbox(database: Database, clock: () => number): Promise<Outbox> {
  const pending = new Map<string, Pending>();
  const accounts = new Map<string, Account>();
  const waiters = createWaiters();
  /** What is claimed, and the milliseconds of `performance.now()` at which the claim ends. */
  const claimed = new Map<Pending, number>();
  let soonest = Number.POSITIVE_INFINITY;
  /** When an upload was last under way beside another one. */
  let together = Number.NEGATIVE_INFINITY;

  function accountOf(name: string): Account {
    const account = accounts.get(name) ?? { line: createLine<Pending>(), callers: new Map<string, number>() };
    accounts.set(name, account);
    return account;
  }

  /** Puts it where claims are taken from. */
  function enter(entry: Pending, again = false): void {
    entry.isInLine = true;
    accountOf(entry.wish.account).line.add(entry.wish.caller, entry, again);
  }

  /** Another caller wants it, too: it has the turn that comes first. */
  function enterFor(caller: string, entry: Pending): void {
    if (!entry.isInLine || entry.isOver || entry.callers.has(caller)) return;
    entry.callers.add(caller);
    accountOf(entry.wish.account).line.add(caller, entry);
  }

  function begin(wish: Wish): Pending {
    const callers = new Set([wish.caller]);
    const entry: Pending = { wish, callers, number: nextNumber(), attempts: 0, added: NOT_RECORDED };
    pending.set(textOf(wish), entry);
    const counts = accountOf(wish.account).callers;
    counts.set(wish.caller, (counts.get(wish.caller) ?? 0) + 1);
    return entry;
  }

  function end(entry: Pending | undefined): void {
    if (!entry || entry.isOver) return;
    const text = textOf(entry.wish);
    if (pending.get(text) === entry) pending.delete(text);
    claimed.delete(entry);
    clearTimeout(entry.timer);
    entry.isOver = true;
    const { callers } = accountOf(entry.wish.account);
    const left = (callers.get(entry.wish.caller) ?? 1) - 1;
    if (left > 0) callers.set(entry.wish.caller, left);
    else callers.delete(entry.wish.caller);
  }

  async function add(entry: Pending): Promise<Recorded | undefined> {
    try {
      const [[added] = []] = await database.write(
        [{ text: WISH, values: wishValues(entry.wish) }],
        patience(),
      );
      // Most wishes are new, since callers ask first what is recorded.
      const recorded = added ? undefined : await readRecorded(database, entry.wish);
      if (recorded) end(entry);
      else enter(entry);
      return recorded;
    } catch (error) {
      end(entry);
      throw error;
    }
  }

  /** After a while the entry returns to the line: its time has come. */
  function enterLater(entry: Pending, milliseconds: number): void {
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => {
      entry.number = nextNumber();
      if (!entry.isOver) enter(entry, true);
    }, milliseconds);
    entry.timer.unref();
  }

  /** A write waits for others where uploads are made at the same time. One that is alone would wait in vain. */
  function patience(): { readonly within: number } {
    const now = performance.now();
    if (claimed.size > 0) together = now;
    return { within: now - together < ALONE ? SHARED : 0 };
  }

  /** Leaves a claim to whoever has it. No timer ends it, since lanes look for what is due. */
  function hold(entry: Pending, milliseconds: number): void {
    const until = performance.now() + milliseconds;
    claimed.set(entry, until);
    soonest = Math.min(soonest, until);
  }

  /** Ends the claims whose time is over. */
  function takeBack(): void {
    const now = performance.now();
    if (now < soonest) return;
    soonest = Number.POSITIVE_INFINITY;
    for (const [entry, until] of claimed) {
      if (until > now) soonest = Math.min(soonest, until);
      else {
        claimed.delete(entry);
        entry.number = nextNumber();
        enter(entry, true);
      }
    }
  }

  /** @returns undefined if the claim has ended */
  function held(claim: Claim): Pending | undefined {
    const entry = pending.get(textOf(claim));
    return entry?.number === claim.number ? entry : undefined;
  }

  /** Ends what is pending. While the disk is full the claim does not end, so that nobody uploads it once more. */
  async function settle<T>(
    claim: Claim,
    statements: readonly Statement[],
    resultOf: (row: Row | undefined) => Promise<T>,
  ): Promise<T> {
    const entry = held(claim);
    if (entry) claimed.delete(entry);
    const present = pending.get(textOf(claim));
    if (present) present.isEnding = true;
    try {
      const [[row] = []] = await database.write(statements, patience());
      const result = await resultOf(row);
      end(present);
      return result;
    } catch (error) {
      if (present) present.isEnding = false;
      if (entry) hold(entry, UNRECORDED);
      throw error;
    }
  }

  for (const row of await database.read({ text: PENDING, values: [] })) enter(begin(wishOf(row)));

  /** Another wish of what is pending already. */
  async function join(known: Pending, { caller }: Wish): Promise<Recorded | undefined> {
    return known.added.finally(() => enterFor(caller, known));
  }

  async function wish(one: Wish): Promise<Recorded | undefined> {
    const known = pending.get(textOf(one));
    if (known) return join(known, one);
    const entry = begin(one);
    entry.added = add(entry);
    return entry.added;
  }

  return {
    recorded: (key) => readRecorded(database, key),
    wish,
    withImage: {
      wishing: (one) => ({ statements: [{ text: WISH, values: wishValues(one) }], ...patience() }),
      async wished(one, rows) {
        const known = pending.get(textOf(one));
        const isAdded = rows.length > 0;
        // A row that was added beside one that is about to end came after it, and is pending.
        if (known && !(isAdded && known.isEnding)) return join(known, one);
        if (isAdded) {
          enter(begin(one));
          return undefined;
        }
        // It is recorded; or it was refused since, or comes from a process before and is pending, as `wish` finds out.
        return (await readRecorded(database, one)) ?? wish(one);
      },
    },
    async claim(account, most, until) {
      takeBack();
      const { line } = accountOf(account);
      const claims: Claim[] = [];
      while (claims.length < most) {
        const entry = line.next();
        if (!entry) break;
        // It may stand in the lines of several callers.
        if (entry.isOver || !entry.isInLine) continue;
        entry.isInLine = false;
        claims.push(take(entry));
        hold(entry, until - clock());
      }
      return claims;
    },
    async renew(claim, until) {
      const entry = held(claim);
      if (entry) hold(entry, until - clock());
      return entry !== undefined;
    },
    async record(claim, result, beside = []) {
      const recorded = await settle(claim, [recording(claim, result), ...beside], async (row) => {
        const found = row ? undefined : await readRecorded(database, claim);
        return found ?? { ...keyOf(claim), ...result };
      });
      waiters.settle(textOf(claim), recorded);
      return recorded;
    },
    async retry(claim, notBefore, reason) {
      const entry = held(claim);
      if (!entry) return;
      entry.number = nextNumber();
      claimed.delete(entry);
      enterLater(entry, Math.max(0, notBefore - clock()));
      waiters.giveBack(textOf(claim), reason, 0);
    },
    async refuse(claim, refusal, beside = []) {
      if (!held(claim)) return;
      await settle(claim, [{ text: REFUSE, values: keyValues(claim) }, ...beside], async () => undefined);
      waiters.settle(textOf(claim), { refusal });
    },
    follow: waiters.follow,
    forget: (key) => forgetRecorded(database, key),
    backlog: () => readBacklog(database),
    async place(key) {
      const entry = pending.get(textOf(key));
      if (!entry) return undefined;
      const { account, caller } = entry.wish;
      let own = 0;
      for (const { wish } of pending.values()) {
        if (wish.account === account && wish.caller === caller) own += 1;
        if (wish === entry.wish) break;
      }
      return { own, callers: accountOf(account).callers.size };
    },
    async close() {
      for (const { timer } of pending.values()) clearTimeout(timer);
    },
  };
}

interface Account {
  readonly line: Line<Pending>;
  /** Pending uploads by caller. */
  readonly callers: Map<string, number>;
}

interface Pending {
  readonly wish: Wish;
  /** Those in whose lines it was put. */
  readonly callers: Set<string>;
  /** Whether it waits for a claim. */
  isInLine?: boolean;
  /** The claim that is valid. It changes when the claim ends. */
  number: number;
  attempts: number;
  /** Resolves when the row is durable. */
  added: Promise<Recorded | undefined>;
  timer?: NodeJS.Timeout;
  /** Its result is being written. */
  isEnding?: boolean;
  /** Recorded or refused. */
  isOver?: boolean;
}

const NOT_RECORDED = Promise.resolve(undefined);

let lastNumber = 0;

/** No two claims of a process have the same number, whichever wish of a key they belong to. */
function nextNumber(): number {
  lastNumber += 1;
  return lastNumber;
}

function take(entry: Pending): Claim {
  entry.number = nextNumber();
  const { wish, number, attempts } = entry;
  entry.attempts += 1;
  return { ...wish, number, attempts };
}

const PENDING = `select ${WISH_COLUMNS} from relay_upload where value is null and refusal is null order by id`;
const WISH = `insert into relay_upload (${WISH_COLUMNS}) values (${PLACES}) on conflict do nothing returning id`;
const REFUSE = 'delete from relay_upload where account = ? and endpoint = ? and sha256 = ? and value is null';
