#!/bin/sh
# salond on SQLite, for scripts that compare chat servers:
#   salond.sh start   starts it on 127.0.0.1 with BENCH_USERS accounts (10000), and prints shell assignments:
#                     PROTO HOST PORT PID DBPID OPTS VERSION DURABLE NOTE
#   salond.sh stop    ends what start began
# PIN=0 keeps the server (and its database) to core 0; its data is in BENCH_RUN. SALOND_BUILD: the build folder.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
name=$(basename "$0" .sh)
build=${SALOND_BUILD:-$here/../../../build}
state=${BENCH_RUN:-${TMPDIR:-/tmp}/salond-bench}/$name
port=${SALOND_PORT:-6695}
dbpid='' durable=sqlite
PATH=$PATH:/usr/sbin

pinned() { if [ -n "${PIN-}" ]; then exec taskset -c "$PIN" "$@"; else exec "$@"; fi; }

wait_for() { # PROCESS COMMAND…: until the command succeeds; fails when the process ends or after a minute
  process=$1 left=1200
  shift
  until "$@" >/dev/null 2>&1; do
    left=$((left - 1))
    if [ "$left" = 0 ] || ! kill -0 "$process" 2>/dev/null; then
      tail -n 5 "$state"/*.log >&2
      return 1
    fi
    sleep 0.05
  done
}

start_mariadb() {
  mkdir "$state/db"
  as_root=
  [ "$(id -u)" -ne 0 ] || as_root=--user=root
  mariadb-install-db --no-defaults --force --datadir="$state/db" --tmpdir="$state" $as_root --auth-root-authentication-method=normal --skip-test-db \
    >"$state/install.log" 2>&1
  (pinned mariadbd --no-defaults --datadir="$state/db" --tmpdir="$state" $as_root --socket="$state/s" --skip-networking --pid-file="$state/db.pid" \
    --innodb-buffer-pool-size=256M --character-set-server=utf8mb4 --collation-server=utf8mb4_bin) >"$state/db.log" 2>&1 </dev/null &
  dbpid=$!
  echo "$dbpid" >>"$state/pids"
  wait_for "$dbpid" mariadb --no-defaults -uroot -S "$state/s" -e 'CREATE DATABASE IF NOT EXISTS salond'
}

start() {
  if [ -s "$state/pids" ]; then
    echo "$name runs already; stop it first" >&2
    return 1
  fi
  rm -rf "$state"
  mkdir -p "$state"
  case $name in
  *mariadb*)
    durable=mariadb
    start_mariadb
    db="mysql://root@localhost/salond?socket=$state/s"
    ;;
  *) db=sqlite:$state/salond.db ;;
  esac
  echo '{"passwords": {"memory_kib": 8, "passes": 1, "queue": 20000},
    "rate": {"messages_per_second": 0, "logins_per_minute_per_address": 0}, "log": {"level": "warning"}}' >"$state/salond.json"
  "$build/tools/bench/salond-bench" prefill "--db=$db" "--users=${BENCH_USERS:-10000}"
  (pinned "$build/tools/salond/salond" "--config=$state/salond.json" "--db=$db" "--state=$state/state" \
    "--listen=tcp://127.0.0.1:$port" --admin=none) >"$state/ready" 2>"$state/server.log" </dev/null &
  pid=$!
  echo "$pid" >>"$state/pids"
  wait_for "$pid" grep -q ^ready "$state/ready"
  echo "PROTO=seed HOST=127.0.0.1 PORT=$port PID=$pid DBPID=$dbpid OPTS='' DURABLE=$durable" \
    "VERSION='$("$build/tools/salond/salond" --version)' NOTE='cheap password hashes'"
}

stop() {
  [ -f "$state/pids" ] || return 0
  for pid in $(sort -rn "$state/pids"); do
    kill "$pid" 2>/dev/null || continue
    left=200
    while kill -0 "$pid" 2>/dev/null && [ "$left" -gt 0 ]; do
      left=$((left - 1))
      sleep 0.05
    done
    kill -9 "$pid" 2>/dev/null || true
  done
  rm -rf "$state"
}

case ${1-} in
start) start || { stop; exit 1; } ;;
stop) stop ;;
*)
  echo "usage: $0 start|stop" >&2
  exit 2
  ;;
esac
