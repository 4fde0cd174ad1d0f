import { setTimeout as sleep } from 'node:timers/promises';
import type { Way } from '../support/proxy.js';
import type { Cluster } from './cluster.js';
import { ENGINES, type EngineName } from './node.js';

/** Something below or beside the nodes that fails and recovers. */
export interface Fault {
  readonly title: string;
  /**
   * Whether nodes must report meanwhile that they cannot accept uploads: the first one, or all. Absent if both are
   * correct.
   */
  readonly unready?: 'first' | 'all';
  /** Whether nodes die, so that the balancer has to respond for their requests in progress. */
  readonly deadly?: boolean;
  /** Whether Redis forgets: buckets are full again, and requests that were signed before are refused. */
  readonly forgets?: boolean;
  /** Whether the fault has had an effect, if readiness does not show it. The fault lasts until then. */
  felt?(cluster: Cluster): boolean;
  /** @returns a function that ends the fault */
  strike(cluster: Cluster): Promise<() => Promise<void>>;
}

const NAMES: Record<EngineName, string> = { postgres: 'PostgreSQL', s3: 'S3', redis: 'Redis' };

/**
 * Milliseconds in each direction, and bytes per second of a connection. An image takes a second, and no call reaches
 * its deadline.
 */
const SLOW = { milliseconds: 80, bytesPerSecond: 400_000 };
/** Bytes. A small image reaches S3 and a large one never does; some responses of the other engines are lost. */
const RESETS: Record<EngineName, Way> = {
  postgres: { resetAfter: 4_000 },
  s3: { resetAfter: 60_000 },
  redis: { resetAfter: 6_000 },
};

/** The most frequent faults come first. */
export const faults: readonly Fault[] = [
  {
    title: 'a node is killed in the middle of uploads, and started again',
    deadly: true,
    async strike({ nodes: [first] }) {
      if (!first) throw new Error('there is no node');
      // Its uploads take longer, so that some are in progress.
      for (const engine of ENGINES) first.ways[engine].set(SLOW);
      await sleep(500);
      await first.kill();
      return async () => {
        for (const engine of ENGINES) first.ways[engine].set('open');
        await first.start();
      };
    },
  },
  {
    title: 'PostgreSQL is killed, and started again',
    unready: 'all',
    async strike({ postgres }) {
      await postgres.kill();
      return () => postgres.restart();
    },
  },
  {
    title: 'PostgreSQL restarts at once (fast shutdown)',
    async strike({ postgres }) {
      await postgres.restart();
      return async () => {};
    },
  },
  {
    title: 'PostgreSQL hangs (SIGSTOP)',
    unready: 'all',
    async strike({ postgres }) {
      postgres.pause();
      return async () => postgres.resume();
    },
  },
  {
    title: 'Redis is killed, and started again with nothing',
    unready: 'all',
    forgets: true,
    async strike({ redis }) {
      await redis.kill();
      return () => redis.restart({ data: false });
    },
  },
  {
    title: 'Redis restarts at once, from a snapshot',
    forgets: true,
    async strike({ redis }) {
      await redis.command('SAVE');
      return () => redis.restart();
    },
  },
  {
    title: 'Redis forgets everything (FLUSHALL)',
    forgets: true,
    async strike({ redis }) {
      await redis.command('FLUSHALL');
      return async () => {};
    },
  },
  {
    title: 'Redis hangs (SIGSTOP)',
    unready: 'all',
    async strike({ redis }) {
      redis.pause();
      return async () => redis.resume();
    },
  },
  {
    title: 'S3 is killed, and started again',
    unready: 'all',
    async strike({ s3 }) {
      await s3.kill();
      return () => s3.restart();
    },
  },
  {
    title: 'S3 hangs (SIGSTOP)',
    unready: 'all',
    async strike({ s3 }) {
      s3.pause();
      return async () => s3.resume();
    },
  },
  { title: 'S3 answers 503', unready: 'all', strike: ways('all', 's3', 'busy') },
  ...networks(),
];

/** The network of every engine, to one node and to all. */
function networks(): Fault[] {
  return (['first', 'all'] as const).flatMap((whose) =>
    ENGINES.flatMap((engine) => {
      const between = `${whose === 'first' ? 'one node' : 'all nodes'} and ${NAMES[engine]}`;
      const breaks = ({ nodes }: Cluster) =>
        (whose === 'all' ? nodes : nodes.slice(0, 1)).every((node) => node.ways[engine].broken > 0);
      // An engine that hangs is silent to all nodes.
      const silent = { title: `${between}: silent`, unready: whose, strike: ways(whose, engine, 'silent') };
      return [
        { title: `${between}: cut`, unready: whose, strike: ways(whose, engine, 'cut') },
        ...(whose === 'first' ? [silent] : []),
        { title: `${between}: slow`, strike: ways(whose, engine, SLOW) },
        { title: `${between}: resets`, felt: breaks, strike: ways(whose, engine, RESETS[engine]) },
      ];
    }),
  );
}

/** Changes the proxies between nodes and an engine. */
function ways(whose: 'first' | 'all', engine: EngineName, way: Way): Fault['strike'] {
  return async ({ nodes }) => {
    const struck = whose === 'all' ? nodes : nodes.slice(0, 1);
    for (const node of struck) node.ways[engine].set(way);
    return async () => {
      for (const node of struck) node.ways[engine].set('open');
    };
  };
}
