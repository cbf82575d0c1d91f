#!/usr/bin/env bash
# Starts a private PostgreSQL server for the tests: its own data folder, its own
# socket, no network port. Usage: postgres.sh start DIR | again DIR | stop DIR
# "start" prints the address to give in TRANSFORMATEUR_TEST_POSTGRES; "again" starts a
# server that was killed.
set -euo pipefail
act="$1"; dir="$2"

find_bin() {
  local found
  found="$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)"
  if [ -z "$found" ] && command -v initdb >/dev/null; then found="$(dirname "$(readlink -f "$(command -v initdb)")")"; fi
  [ -n "$found" ] && [ -x "$found/initdb" ] && echo "$found"
}

as_server() { # PostgreSQL refuses to run as root
  if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi
}

launch() {
  as_server "$bin/pg_ctl" -D "$dir/data" -w -l "$dir/server.log" \
    -o "-k $dir -c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300 -c shared_buffers=64MB" start >"$dir/start.log" 2>&1
}

case "$act" in
start)
  bin="$(find_bin || true)"
  if [ -z "$bin" ]; then
    echo "installing Debian's PostgreSQL for the tests" >&2
    sudo="$([ "$(id -u)" = 0 ] || echo "sudo -n")"
    $sudo apt-get update -qq >&2 && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >&2
    bin="$(find_bin)"
  fi
  mkdir -p "$dir"
  [ "$(id -u)" = 0 ] && chown postgres:postgres "$dir"
  chmod 711 "$dir"
  cd "$dir"
  as_server "$bin/initdb" -D "$dir/data" -U tester -A trust -E UTF8 --locale=C --no-sync >"$dir/initdb.log" 2>&1
  launch
  echo "postgres://tester@/postgres?host=$(printf %s "$dir" | sed 's#/#%2F#g')"
  ;;
again)
  bin="$(find_bin)"
  cd "$dir"
  launch
  ;;
stop)
  bin="$(find_bin || true)"
  [ -n "$bin" ] && [ -d "$dir/data" ] && (cd "$dir" && as_server "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1) || true
  rm -rf "$dir"
  ;;
esac
