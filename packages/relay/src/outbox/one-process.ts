import type { Database, Row, Statement } from '@coupon-media/server/engine';
import type { Claim, Outbox, Recorded, UploadKey, Wish } from './index.js';
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

/** How long a write may wait for others to share a commit with: little beside what upstream takes. */
const SHARED = { within: 5 } as const;

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
    const entry: Pending = { wish, callers, number: 0, attempts: 0, added: Promise.resolve(undefined) };
    pending.set(textOf(wish), entry);
    const counts = accountOf(wish.account).callers;
    counts.set(wish.caller, (counts.get(wish.caller) ?? 0) + 1);
    return entry;
  }

  function end(key: UploadKey): void {
    const entry = pending.get(textOf(key));
    if (!entry) return;
    pending.delete(textOf(key));
    clearTimeout(entry.timer);
    entry.isOver = true;
    const { callers } = accountOf(entry.wish.account);
    const left = (callers.get(entry.wish.caller) ?? 1) - 1;
    if (left > 0) callers.set(entry.wish.caller, left);
    else callers.delete(entry.wish.caller);
  }

  async function add(entry: Pending): Promise<Recorded | undefined> {
    try {
      const [[added] = []] = await database.write([{ text: WISH, values: wishValues(entry.wish) }], SHARED);
      // Most wishes are new, since callers ask first what is recorded.
      const recorded = added ? undefined : await readRecorded(database, entry.wish);
      if (recorded) end(entry.wish);
      else enter(entry);
      return recorded;
    } catch (error) {
      end(entry.wish);
      throw error;
    }
  }

  /** After a while the entry returns to the line: its time has come, or the claim has ended. */
  function enterLater(entry: Pending, milliseconds: number): void {
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => {
      entry.number += 1;
      if (!entry.isOver) enter(entry, true);
    }, milliseconds);
    entry.timer.unref();
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
    clearTimeout(entry?.timer);
    try {
      const [[row] = []] = await database.write(statements, SHARED);
      const result = await resultOf(row);
      end(claim);
      return result;
    } catch (error) {
      if (entry) enterLater(entry, UNRECORDED);
      throw error;
    }
  }

  for (const row of await database.read({ text: PENDING, values: [] })) enter(begin(wishOf(row)));

  return {
    recorded: (key) => readRecorded(database, key),
    async wish(wish) {
      const known = pending.get(textOf(wish));
      if (known) return known.added.finally(() => enterFor(wish.caller, known));
      const entry = begin(wish);
      entry.added = add(entry);
      return entry.added;
    },
    async claim(account, most, until) {
      const { line } = accountOf(account);
      const claims: Claim[] = [];
      while (claims.length < most) {
        const entry = line.next();
        if (!entry) break;
        // It may stand in the lines of several callers.
        if (entry.isOver || !entry.isInLine) continue;
        entry.isInLine = false;
        claims.push(take(entry));
        enterLater(entry, until - clock());
      }
      return claims;
    },
    async renew(claim, until) {
      const entry = held(claim);
      if (entry) enterLater(entry, until - clock());
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
      entry.number += 1;
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
  /** Recorded or refused. */
  isOver?: boolean;
}

function take(entry: Pending): Claim {
  entry.number += 1;
  const { wish, number, attempts } = entry;
  entry.attempts += 1;
  return { ...wish, number, attempts };
}

const PENDING = `select ${WISH_COLUMNS} from relay_upload where value is null and refusal is null order by id`;
const WISH = `insert into relay_upload (${WISH_COLUMNS}) values (${PLACES}) on conflict do nothing returning id`;
const REFUSE = 'delete from relay_upload where account = ? and endpoint = ? and sha256 = ? and value is null';
