import type { CallOptions, Database, Row, Statement } from '@coupon-media/server/engine';
import { createGathering } from './gathering.js';
import type { Claim, Outbox, Settled, UploadKey, Wish } from './index.js';
import {
  changesText,
  forgetRecorded,
  keyOf,
  keyOfRow,
  keyValues,
  RECORD,
  RECORDED_COLUMNS,
  readBacklog,
  readRecorded,
  recordedOf,
  recording,
  textOf,
  WISH_COLUMNS,
  wishOf,
} from './rows.js';
import { createWaiters } from './waiters.js';

/** Milliseconds between two looks at what this node waits for. PgBouncer in transaction mode passes on no notification. */
const LOOK = 250;

/** Wishes that one statement adds. */
const TOGETHER = 256;

/** Milliseconds between two deletions of refusals, and for how long the waiting callers of other nodes find one. */
const REFUSALS = { purged: 60_000, kept: 600_000 };

/**
 * The outbox of many nodes, as rows of PostgreSQL. Claims begin and end by the clock of PostgreSQL, so that no node's clock matters.
 *
 * @param clock Unix milliseconds: only the difference to the times that are passed in counts
 */
export function openManyNodesOutbox(database: Database, clock: () => number): Outbox {
  const waiters = createWaiters();
  /** Keys whose wish is under way: a refusal that is found belongs to an earlier one. */
  const wishing = new Map<string, number>();
  const stopListening = database.listen(CHANNEL, (text) => {
    if (waiters.has(text)) lookSoon(text);
  });
  let looking = false;
  const timer = setInterval(() => {
    const keys = waiters.keys();
    if (keys.length > 0 && !looking) void look(keys);
  }, LOOK).unref();
  const purge = setInterval(() => {
    // What cannot be deleted now is deleted a minute later.
    run(PURGE, [REFUSALS.kept], { repeatable: true }).catch(() => undefined);
  }, REFUSALS.purged).unref();

  function lookSoon(text: string): void {
    const key = waiters.keys().find((waited) => textOf(waited) === text);
    if (key) void look([key]);
  }

  /** Tells this node's callers what other nodes recorded or were refused. A failure is repaired by the next look. */
  async function look(keys: readonly UploadKey[]): Promise<void> {
    looking = true;
    try {
      const rows = await database.read(
        { text: LOOK_UP, values: [JSON.stringify(keys)] },
        { operation: 'look for settled' },
      );
      for (const row of rows) {
        const text = textOf(keyOfRow(row));
        const settled = settledOf(row);
        if (!settled) waiters.giveBack(text, String(row.reason), Number(row.age));
        else if (!('refusal' in settled && wishing.has(text))) waiters.settle(text, settled);
      }
    } catch {
    } finally {
      looking = false;
    }
  }

  /** Milliseconds until a moment: a random delay has parts of one, and PostgreSQL's whole numbers have none. */
  function ahead(moment: number): number {
    return Math.ceil(moment - clock());
  }

  async function run(
    text: string,
    values: Statement['values'],
    options: CallOptions,
  ): Promise<readonly Row[]> {
    const [rows = []] = await database.write([{ text, values }], options);
    return rows;
  }

  /** Runs one that other nodes are told of, with others in its transaction. */
  async function tell(statement: Statement, beside: readonly Statement[]): Promise<Row | undefined> {
    const [[row] = []] = await database.write([statement, ...beside], {
      operation: 'settle upload',
      repeatable: beside.length === 0,
    });
    return row;
  }

  /** Wishes of the same moment are one statement: of several, none would see the turns of the others. */
  const add = createGathering(async (wishes: readonly Wish[]) => {
    const list = wishes.map((wish, position) => ({
      ...{ ...wish, position, filename: wellFormed(wish.filename) },
      changes: changesText(wish),
    }));
    const rows = await run(WISH, [JSON.stringify(list)], { operation: 'wish upload', repeatable: true });
    return new Set(rows.map((row) => textOf(keyOfRow(row))));
  }, TOGETHER);

  return {
    recorded: (key) => readRecorded(database, key),
    async wish(wish) {
      const text = textOf(wish);
      wishing.set(text, (wishing.get(text) ?? 0) + 1);
      try {
        return (await add(text, wish)).has(text) ? undefined : await readRecorded(database, wish);
      } finally {
        const others = (wishing.get(text) ?? 1) - 1;
        if (others > 0) wishing.set(text, others);
        else wishing.delete(text);
      }
    },
    async claim(account, most, until) {
      if (most <= 0) return [];
      const rows = await run(CLAIM, [account, most, ahead(until)], { operation: 'claim uploads' });
      return rows.map(claimOf).sort((one, other) => one.turn - other.turn);
    },
    async renew(claim, until) {
      const values = [ahead(until), ...keyValues(claim), claim.number];
      return (await run(RENEW, values, { operation: 'renew claim', repeatable: true })).length > 0;
    },
    async record(claim, result, beside = []) {
      const { values } = recording(claim, result);
      const row = await tell({ text: RECORD_AND_TELL, values }, beside);
      const recorded = row
        ? recordedOf(row)
        : ((await readRecorded(database, claim)) ?? { ...keyOf(claim), ...result });
      waiters.settle(textOf(claim), recorded);
      return recorded;
    },
    async retry(claim, notBefore, reason) {
      const values = [Math.max(0, ahead(notBefore)), reason, ...keyValues(claim), claim.number];
      await run(RETRY_AND_TELL, values, { operation: 'return claim', repeatable: true });
    },
    async refuse(claim, refusal, beside = []) {
      const row = await tell({ text: REFUSE, values: [refusal, ...keyValues(claim), claim.number] }, beside);
      if (row) waiters.settle(textOf(claim), { refusal });
    },
    follow: waiters.follow,
    forget: (key) => forgetRecorded(database, key),
    backlog: () => readBacklog(database),
    async place(key) {
      const [row] = await database.read({ text: PLACE, values: keyValues(key) }, { operation: 'read place' });
      return row && { own: Number(row.own), callers: Number(row.callers) };
    },
    async close() {
      clearInterval(timer);
      clearInterval(purge);
      await stopListening();
    },
  };
}

/** @returns the text without what JSON can hold and PostgreSQL cannot: halves of surrogate pairs */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

function claimOf(row: Row): Claim & { turn: number } {
  return {
    ...wishOf(row),
    number: Number(row.claim),
    attempts: Number(row.attempts) - 1,
    turn: Number(row.turn),
  };
}

/** @returns undefined if the upload is still pending: it was given back */
function settledOf(row: Row): Settled | undefined {
  if (row.refusal !== null) return { refusal: String(row.refusal) };
  return row.value === null ? undefined : recordedOf(row);
}

const CHANNEL = 'relay_settled';

/** What a node is told: `textOf` of the key. */
const TOLD = `pg_notify('${CHANNEL}', account || ' ' || endpoint || ' ' || encode(sha256, 'hex'))`;

/** Unix milliseconds by the clock of PostgreSQL. */
const NOW = '(extract(epoch from clock_timestamp()) * 1000)::bigint';

const OPEN = 'value is null and refusal is null';
const FREE = `${OPEN} and claimed_until <= ${NOW} and not_before <= ${NOW}`;
const OF_KEY = 'account = ? and endpoint = ? and sha256 = ?';

/** A column that a refused upload begins with anew, and that a pending one keeps when another caller's turn comes first. */
function afterRefusal(column: string, value: string): string {
  return `${column} = case when relay_upload.refusal is null then relay_upload.${column} else ${value} end`;
}

/**
 * Start-time fair queueing: a caller's next turn follows its last one, and is never before the turn that is due. Of equal turns, the older
 * row goes first. Therefore callers with pending uploads take turns, whatever number each has, on whichever nodes. Rows are added in
 * the order of their keys, so that nodes that add the same ones wait for each other and not in a circle.
 */
const WISH = `with wanted as (
    select account, endpoint, decode(sha256, 'hex') as sha256, kind, filename, bytes, caller, since,
      width, height, slot, changes,
      row_number() over (partition by account, caller order by position) - 1 as place
    from json_to_recordset(?::json) as wanted (position bigint, account text, endpoint text, sha256 text, kind text, filename text,
      bytes bigint, caller text, since bigint, width bigint, height bigint, slot text, changes text)
  ), line as (
    select account, caller, greatest(
      1 + (select max(turn) from relay_upload as own where own.account = line.account and own.caller = line.caller and ${OPEN}),
      coalesce(
        (select turn from relay_upload as due where due.account = line.account and ${FREE} order by turn, id limit 1),
        (select max(turn) from relay_upload as pending where pending.account = line.account and ${OPEN}),
        1
      )
    ) as turn
    from (select distinct account, caller from wanted) as line
  )
  insert into relay_upload (${WISH_COLUMNS}, turn)
  select ${WISH_COLUMNS}, turn + place from wanted join line using (account, caller) order by account, endpoint, sha256
  on conflict (account, endpoint, sha256) do update set caller = excluded.caller, turn = excluded.turn, refusal = null,
    ${['filename', 'since', 'slot', 'changes'].map((column) => afterRefusal(column, `excluded.${column}`)).join(', ')},
    ${['attempts', 'claimed_until', 'not_before'].map((column) => afterRefusal(column, '0')).join(', ')},
    ${['at', 'reason'].map((column) => afterRefusal(column, 'null')).join(', ')}
    where relay_upload.refusal is not null
      or (relay_upload.value is null and relay_upload.claimed_until <= ${NOW} and excluded.turn < relay_upload.turn)
  returning account, endpoint, sha256`;

const CLAIM = `with taken as materialized (
    select id from relay_upload where account = ? and ${FREE} order by turn, id limit ?::bigint for update skip locked
  )
  update relay_upload set claim = claim + 1, attempts = attempts + 1, claimed_until = ${NOW} + ?::bigint
  from taken where relay_upload.id = taken.id
  returning ${WISH_COLUMNS}, claim, attempts, turn`;

const RENEW = `update relay_upload set claimed_until = ${NOW} + ?::bigint where ${OF_KEY} and claim = ? and ${OPEN} returning id`;
/** `at` of a pending upload is the moment at which it was given back, which no other clock than that of PostgreSQL is compared with. */
const RETRY_AND_TELL = `with told as (
    update relay_upload set claimed_until = 0, not_before = ${NOW} + ?::bigint, reason = ?, at = ${NOW}, claim = claim + 1
    where ${OF_KEY} and claim = ? and ${OPEN} returning account, endpoint, sha256
  ) select ${TOLD} as told from told`;
const RECORD_AND_TELL = `with told as (${RECORD} returning ${RECORDED_COLUMNS}) select told.*, ${TOLD} as told from told`;
const REFUSE = `with told as (
    update relay_upload set refusal = ?, at = ${NOW}, claimed_until = 0 where ${OF_KEY} and claim = ? and ${OPEN}
    returning account, endpoint, sha256
  ) select ${TOLD} as told from told`;
const LOOK_UP = `select ${RECORDED_COLUMNS}, refusal, reason, ${NOW} - at as age from (
    select account, endpoint, decode(sha256, 'hex') as sha256
    from json_to_recordset(?::json) as wanted (account text, endpoint text, sha256 text)
  ) as wanted join relay_upload using (account, endpoint, sha256)
  where not (${OPEN}) or (reason is not null and not_before > ${NOW})`;
const PLACE = `select
    (select count(*) from relay_upload as own
      where own.account = asked.account and own.caller = asked.caller and own.turn <= asked.turn and ${OPEN}) as own,
    (select count(distinct other.caller) from relay_upload as other where other.account = asked.account and ${OPEN}) as callers
  from relay_upload as asked where ${OF_KEY} and ${OPEN}`;
const PURGE = `delete from relay_upload where refusal is not null and at < ${NOW} - ?::bigint`;
