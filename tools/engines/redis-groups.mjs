/** Redis servers that form a Redis Cluster, or a primary with a replica and Sentinels: each a process on loopback. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFolder, freePort, removeFolder, startProcess, untilReady } from './processes.mjs';
import { program } from './programs.mjs';
import { ask, startRedis } from './redis.mjs';

/** @typedef {import('./redis.mjs').Redis} Redis */

/** Milliseconds after which a node that does not answer is held for dead. The usual is 15 s. */
const NODE_TIMEOUT = 2_000;

/**
 * A Redis Cluster of three masters, each with one replica.
 * @typedef {object} RedisCluster
 * @property {readonly Redis[]} nodes the masters first, as it was made
 * @property {string[]} hosts `127.0.0.1:port` of every node
 * @property {(slot: number) => Promise<Redis>} ownerOf the master that has a slot now
 * @property {(slot: number, to: Redis) => Promise<void>} moveSlot as redis-cli --cluster reshard does it
 * @property {() => Promise<void>} stop
 */

/**
 * @param {{ replicas?: boolean, settings?: Record<string, string | number> }} [options]
 * @returns {Promise<RedisCluster>}
 */
export async function startRedisCluster({ replicas = true, settings = {} } = {}) {
  const all = {
    'cluster-enabled': 'yes',
    'cluster-node-timeout': NODE_TIMEOUT,
    'cluster-config-file': 'nodes.conf',
    databases: 1,
    'repl-diskless-sync-delay': 0,
    ...settings,
  };
  const count = replicas ? 6 : 3;
  const nodes = await Promise.all(
    Array.from({ length: count }, () => startRedis({ settings: all, isBus: true })),
  );
  const masters = nodes.slice(0, 3);
  const [first] = /** @type {[Redis]} */ (nodes);
  await Promise.all(
    masters.map((node, at) => {
      const [from, to] = [Math.ceil((at * 16_384) / 3), Math.ceil(((at + 1) * 16_384) / 3) - 1];
      return order(node, 'CLUSTER', 'ADDSLOTSRANGE', String(from), String(to));
    }),
  );
  for (const [at, node] of nodes.entries()) {
    await order(node, 'CLUSTER', 'SET-CONFIG-EPOCH', String(at + 1));
    if (node !== first) await order(first, 'CLUSTER', 'MEET', '127.0.0.1', String(node.port));
  }
  await until(async () => (await lines(first)).length === count);
  for (const [at, node] of nodes.slice(3).entries()) {
    const id = await idOf(/** @type {Redis} */ (masters[at]));
    await until(async () => (await node.command('CLUSTER', 'REPLICATE', id)).startsWith('+OK'));
  }
  await until(async () => {
    const states = await Promise.all(nodes.map((node) => node.command('CLUSTER', 'INFO')));
    return states.every((state) => state.includes('cluster_state:ok'));
  });
  for (const node of nodes.slice(3)) {
    await until(async () => (await node.command('INFO', 'replication')).includes('master_link_status:up'));
  }

  /** @param {number} slot */
  async function ownerOf(slot) {
    for (const node of nodes) {
      const map = await node.command('CLUSTER', 'NODES').catch(() => '');
      for (const line of map.split('\n')) {
        const [, address = '', flags = '', , , , , , ...ranges] = line.trim().split(' ');
        const has = ranges.some((range) => {
          const [from = Number.NaN, to = from] = range.split('-').map(Number);
          return slot >= from && slot <= to;
        });
        if (!has || !flags.includes('master') || flags.includes('fail')) continue;
        const owner = nodes.find(({ port }) => address.startsWith(`127.0.0.1:${port}@`));
        if (owner) return owner;
      }
    }
    throw new Error(`No node has slot ${slot}.`);
  }

  return {
    nodes,
    hosts: nodes.map(({ port }) => `127.0.0.1:${port}`),
    ownerOf,
    async moveSlot(slot, to) {
      const from = await ownerOf(slot);
      const [source, target] = [await idOf(from), await idOf(to)];
      await order(to, 'CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', source);
      await order(from, 'CLUSTER', 'SETSLOT', String(slot), 'MIGRATING', target);
      for (;;) {
        const keys = (await from.command('CLUSTER', 'GETKEYSINSLOT', String(slot), '10'))
          .split('\r\n')
          .filter((line) => line.startsWith('{'));
        if (keys.length === 0) break;
        await order(from, 'MIGRATE', '127.0.0.1', String(to.port), '', '0', '5000', 'KEYS', ...keys);
      }
      for (const node of [to, from]) await order(node, 'CLUSTER', 'SETSLOT', String(slot), 'NODE', target);
    },
    stop: async () => {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}

/**
 * A primary, a replica, and Sentinels that replace the primary when it is gone.
 * @typedef {object} SentinelGroup
 * @property {string} name under which the Sentinels know the primary
 * @property {readonly Redis[]} servers the primary first, as it was made
 * @property {string[]} hosts `127.0.0.1:port` of every Sentinel
 * @property {() => Promise<Redis>} primary who the Sentinels say it is now
 * @property {() => Promise<void>} stop
 */

/**
 * @param {{ sentinels?: number, downAfter?: number }} [options] downAfter: milliseconds
 * @returns {Promise<SentinelGroup>}
 */
export async function startSentinels({ sentinels = 3, downAfter = 1_000 } = {}) {
  const name = 'coupons';
  const first = await startRedis({ settings: { 'repl-diskless-sync-delay': 0 } });
  const second = await startRedis({ settings: { replicaof: `127.0.0.1 ${first.port}` } });
  const servers = [first, second];
  await until(async () => (await second.command('INFO', 'replication')).includes('master_link_status:up'));
  const folder = createFolder('sentinels');
  const watchers = await Promise.all(
    Array.from({ length: sentinels }, async (_, at) => {
      const port = await freePort();
      const log = path.join(folder, `${at}.log`);
      // A Sentinel writes its own configuration, so that options behind the file's name are lines of it.
      const file = path.join(folder, `${at}.conf`);
      writeFileSync(
        file,
        `port ${port}\nbind 127.0.0.1\ndir ${folder}\nsentinel monitor ${name} 127.0.0.1 ${first.port} ${Math.floor(sentinels / 2) + 1}
sentinel down-after-milliseconds ${name} ${downAfter}\nsentinel failover-timeout ${name} 10000\n`,
      );
      const started = startProcess('Sentinel', program('redis-server'), [file, '--sentinel'], {
        log,
        cwd: folder,
      });
      await untilReady('Sentinel', log, [started], async () =>
        (await ask(port, [['PING']])).join().startsWith('+PONG'),
      );
      return { port, process: started };
    }),
  );
  const known = async () =>
    (await Promise.all(watchers.map(({ port }) => ask(port, [['SENTINEL', 'MASTER', name]])))).every(
      ([answer]) =>
        new RegExp(`num-other-sentinels\r\n\\$1\r\n${sentinels - 1}\r\n`).test(answer ?? '') &&
        /num-slaves\r\n\$1\r\n1\r\n/.test(answer ?? ''),
    );
  await until(known);
  return {
    name,
    servers,
    hosts: watchers.map(({ port }) => `127.0.0.1:${port}`),
    async primary() {
      const [answer = ''] = await ask(/** @type {{ port: number }} */ (watchers[0]).port, [
        ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name],
      ]);
      const found = servers.find(({ port }) => answer.includes(`\r\n${port}\r\n`));
      if (!found) throw new Error(`The Sentinels know no primary: ${answer}`);
      return found;
    },
    async stop() {
      await Promise.all(watchers.map((watcher) => watcher.process.end()));
      await Promise.all(servers.map((server) => server.stop()));
      removeFolder(folder);
    },
  };
}

/** @param {Redis} node @param {string[]} words */
async function order(node, ...words) {
  const answer = await node.command(...words);
  if (answer.startsWith('-')) throw new Error(`${words.slice(0, 2).join(' ')}: ${answer.trim()}`);
}

/** @param {Redis} node */
async function lines(node) {
  const answer = await node.command('CLUSTER', 'NODES');
  return answer.split('\n').filter((line) => / connected /.test(line) || / connected$/.test(line.trim()));
}

/** @param {Redis} node */
async function idOf(node) {
  const answer = await node.command('CLUSTER', 'MYID');
  return answer.split('\r\n')[1] ?? '';
}

/** @param {() => Promise<boolean>} holds */
async function until(holds) {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('These servers of Redis did not come together.');
    await sleep(50);
  }
}
