import { type Text, urlPlace, withoutPath, withReason } from '@coupon-media/apiv3';
import {
  type CallEngine,
  type Database,
  type Queries,
  type Records,
  StoreError,
} from '@coupon-media/server/engine';
import { Kysely, PostgresDialect, type PostgresPoolClient, type PostgresQueryResult } from 'kysely';
import pg from 'pg';
import { createEngineCalls, type EngineCalls } from '../engine/calls.js';
import type { ClusterStoreOptions, Observe } from '../engine/options.js';
import { isAway, isOfFile, named, reasonOf } from './errors.js';
import { createListener } from './listener.js';
import { upgradeSchema } from './schema.js';
import { checkServer, refusesLimit } from './server.js';
import { drivenUrl } from './url.js';

/** A PostgreSQL database with the current schema, behind a pool of connections. */
export interface Postgres {
  readonly queries: Queries;
  /** Runs one statement that is not prepared (docs/decisions/008-cluster-store.md). */
  run<Row>(text: string, values?: readonly unknown[]): Promise<PostgresQueryResult<Row>>;
  /** Runs a query of this database with a deadline. */
  readonly callEngine: CallEngine;
  /** Runs what may take any time, on a connection without limits. */
  patiently<T>(act: (pool: pg.Pool) => Promise<T>): Promise<T>;
  readonly listen: Database['listen'];
  readonly calls: EngineCalls;
  /** Whether the server itself ends a statement that exceeds the deadline; a pooler may not let it be asked to. */
  readonly endsStatements: boolean;
  /** Connections: open, idle among them, and the number of calls that wait for one. */
  pool(): { readonly total: number; readonly idle: number; readonly waiting: number };
  /** Closes the pool after the statements in progress. */
  close(): Promise<void>;
}

/**
 * Connects and upgrades the schema of the database.
 *
 * @throws StoreError that names the database without its password
 */
export async function openPostgres(
  options: Pick<ClusterStoreOptions, 'databaseUrl' | 'databaseMaxConnections' | 'engineDeadlineMs'>,
  observe?: Observe,
): Promise<Postgres> {
  const { databaseUrl, databaseMaxConnections, engineDeadlineMs } = options;
  const place = describe(databaseUrl);
  const explain = (error: unknown) =>
    new StoreError(withReason(place, reasonOf(error)), {
      cause: isOfFile(error) ? withoutPath(error) : error,
    });
  const shared = {
    connectionString: drivenUrl(databaseUrl),
    connectionTimeoutMillis: engineDeadlineMs,
    application_name: APPLICATION,
    types,
  };
  try {
    // This pool has no time limits, because a schema step may take any time.
    const patient = tolerant(new pg.Pool({ ...shared, max: 1 }));
    await checkServer(patient);
    await upgradeSchema({
      connect: async () => careful(await patient.connect()),
      end: () => patient.end(),
    });
  } catch (cause) {
    throw explain(cause);
  }
  const { pool, endsStatements } = await openPool(
    {
      ...shared,
      max: databaseMaxConnections,
      query_timeout: engineDeadlineMs,
      keepAlive: true,
      idleTimeoutMillis: IDLE,
    },
    engineDeadlineMs,
  ).catch((cause) => {
    throw explain(cause);
  });
  const calls = createEngineCalls({
    engine: 'postgres',
    deadline: engineDeadlineMs,
    isOutage: isAway,
    observe,
  });
  const connect = async () =>
    careful(
      await pool.connect().catch((error) => {
        throw named(error);
      }),
    );
  const queries = new Kysely<Records>({
    dialect: new PostgresDialect({ pool: { connect, end: () => pool.end() } }),
  });
  return {
    queries,
    async run<Row>(text: string, values: readonly unknown[] = []) {
      const connection = await connect();
      try {
        return await connection.query<Row>(text, values);
      } finally {
        connection.release();
      }
    },
    async patiently(act) {
      const patient = tolerant(new pg.Pool({ ...shared, max: 1 }));
      try {
        return await act(patient);
      } finally {
        await patient.end();
      }
    },
    listen: (channel, heard) => createListener(shared, channel, heard),
    callEngine: (operation, act, repetition) => calls.call(operation, act, repetition),
    calls,
    endsStatements,
    pool: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => pool.end(),
  };
}

/**
 * Opens the pool of the service. Two limits of time are needed: the server ends its statement, and this process stops waiting
 * even if the server is unreachable. PgBouncer does not let the server be asked; then the second one has to do.
 *
 * @param limit milliseconds
 * @throws the error of the first connection
 */
async function openPool(
  settings: pg.PoolConfig,
  limit: number,
): Promise<{ pool: pg.Pool; endsStatements: boolean }> {
  const pool = tolerant(new pg.Pool({ ...settings, statement_timeout: limit }));
  try {
    (await pool.connect()).release();
    return { pool, endsStatements: true };
  } catch (error) {
    await pool.end();
    if (!refusesLimit(error)) throw error;
  }
  return { pool: tolerant(new pg.Pool(settings)), endsStatements: false };
}

/**
 * Ignores the events of broken connections, which would otherwise end the process. A caller that was using the
 * connection learns it from its statement; other callers get another connection.
 */
function tolerant(pool: pg.Pool): pg.Pool {
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

const APPLICATION = 'coupon-media';

/** Milliseconds after which an unused connection is closed. */
const IDLE = 60_000;

/** Parses counts and times as numbers. They are 64 bits long in PostgreSQL, but ours stay below 2^53. */
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    return oid === pg.types.builtins.INT8 ? wholeNumber : pg.types.getTypeParser(oid, format as 'text');
  },
} as pg.CustomTypesConfig;

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${text} is beyond what a number can hold`);
  return number;
}

/**
 * Wraps a connection so that it is not used again after a statement without response. The response would reach the next
 * caller, or the connection leads to a read-only server.
 */
function careful(client: pg.PoolClient): PostgresPoolClient {
  let broken = false;
  async function query(text: string, values: readonly unknown[]): Promise<unknown> {
    try {
      return await client.query(`${AT_PRIMARY}${text}`, values as unknown[]);
    } catch (error) {
      const failure = named(error);
      broken ||= isAway(failure);
      throw failure;
    }
  }
  // Of kysely's two query functions, the one with cursors is not used here.
  return { query: query as PostgresPoolClient['query'], release: () => client.release(broken) };
}

/**
 * Before every statement: pgpool-II would send those that read to a replica, which does not know yet what was written a
 * moment ago. To all others it is a comment.
 */
const AT_PRIMARY = '/*NO LOAD BALANCE*/ ';

/** @returns `PostgreSQL at db:5432/coupons` */
function describe(databaseUrl: string): Text {
  const at = urlPlace(databaseUrl, '5432');
  return { 'zh-CN': `PostgreSQL（${at}）`, en: `PostgreSQL at ${at}` };
}
