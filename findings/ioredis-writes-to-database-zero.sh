#!/usr/bin/env bash
# ioredis writes to database 0 if the database of its URL does not exist: set() resolves, and the value is among another program's.
#
# Versions: ioredis 6.0.0, redis 6.3.1 beside it (npm); redis-server 7.0.15 (Debian 12).
# Source:   ioredis' README: redis://…/4 connects to database 4. Redis' documentation of SELECT: an index out of range is an error.
# Expected: connect() rejects, as that of the package redis does.
# Seen:     connect() resolves, an event `error` tells of SELECT once, and every command goes to database 0.

. "$(dirname "$0")/frame/frame.bash"
need node npm redis-server python3
get npm install --no-audit --no-fund ioredis@6.0.0 redis@6.3.1
redis=$(free_port)
serve "$redis" redis-server --port "$redis" --bind 127.0.0.1 --databases 16 --save '' --dir "$work"
cat >write.cjs <<'JS'
const [client, database] = process.argv.slice(2);
const url = `redis://127.0.0.1:${process.env.PORT}`;

async function ioredis() {
  const { Redis } = require('ioredis');
  const redis = new Redis(`${url}/${database}`, { lazyConnect: true, retryStrategy: () => null });
  const events = [];
  redis.on('error', (error) => events.push(error.message));
  await redis.connect();
  const said = await redis.set('colour', 'red');
  redis.disconnect();
  const zero = new Redis(url);
  const found = await zero.get('colour');
  await zero.flushall();
  zero.disconnect();
  return `set: ${said}; event: ${events[0] ?? 'none'}; database 0 has ${found}`;
}

async function redis() {
  const { createClient } = require('redis');
  const one = createClient({ url: `${url}/${database}`, socket: { reconnectStrategy: false } });
  one.on('error', () => {});
  try {
    await one.connect();
    await one.set('colour', 'red');
    one.destroy();
    return 'set';
  } catch (error) {
    return `connect: ${error.message}`;
  }
}

({ ioredis, redis })[client]().then(
  (words) => console.log(words),
  (error) => console.log(`rejected: ${error.message}`),
);
JS
export PORT=$redis
sees 'ioredis, database 4' 'set: OK; event: none; database 0 has null' "$(node write.cjs ioredis 4)"
sees 'ioredis, database 99' 'set: OK; event: ERR DB index is out of range; database 0 has red' "$(node write.cjs ioredis 99)"
sees 'redis, database 99' 'connect: ERR DB index is out of range' "$(node write.cjs redis 99)"
