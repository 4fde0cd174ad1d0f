#!/usr/bin/env bash
# A snapshot that redis-cli reads from a primary without replicas gives that primary another replication id.
#
# Versions: redis-server and redis-cli 7.0.15 (Debian 12).
# Source:   Redis' documentation of replication: the replication id marks a history of the data set, and changes when an instance
#           starts as a primary or a replica is promoted. That of redis-cli: --rdb transfers a snapshot to a file.
# Expected: reading changes nothing on the server: the same history, the same id, before and after.
# Seen:     redis-cli presents itself as a replica. For its first one the primary makes a backlog and a new id, though it is the
#           same run with the same data; and another one when repl-backlog-ttl, an hour by default, has passed without replicas.
#           A second snapshot meanwhile changes nothing. What tells a promotion by master_replid sees one at each backup.

. "$(dirname "$0")/frame/frame.bash"
need redis-server redis-cli python3
port=$(free_port)
serve "$port" redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$work" --repl-backlog-ttl 2
ask() { redis-cli -p "$port" "$@" | tr -d '\r'; }
id() { ask info replication | sed -n 's/^master_replid://p'; }
field() { ask info "$1" | sed -n "s/^$2://p"; }
compared() { [ "$1" = "$2" ] && echo the same || echo another; }
snapshot() { redis-cli -p "$port" --rdb "$work/$1.rdb" >"$work/$1.log" 2>&1; }

ask set colour red >"$work/set.log"
sees 'version' '7.0.15' "$(field server redis_version)"
run=$(field server run_id)
first=$(id)
sleep 3
sees 'id after three quiet seconds' 'the same' "$(compared "$first" "$(id)")"
snapshot one
second=$(id)
sees 'id after a snapshot' 'another' "$(compared "$first" "$second")"
snapshot two
sees 'id after a second snapshot at once' 'the same' "$(compared "$second" "$(id)")"
for _ in $(seq 100); do
  [ "$(field replication repl_backlog_active)" = 0 ] && break
  sleep 0.1
done
sees 'id when the backlog has been without a replica for its time' 'another' "$(compared "$second" "$(id)")"
sees 'run id, role and value' "$run master red" "$(field server run_id) $(field replication role) $(ask get colour)"
