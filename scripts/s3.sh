#!/usr/bin/env bash
# Starts a private S3 server that checks signatures, for the tests: its own folder, a
# port of the loopback. Usage: s3.sh start DIR | s3.sh stop DIR
# "start" prints what to give in TRANSFORMATEUR_TEST_S3: address, access key, secret
# key and bucket. The server is built once and kept in the cache of the user; its
# modules are its own, none of them is ours.
set -euo pipefail
act="$1"; dir="$2"
version=v1.8.0
cache="${XDG_CACHE_HOME:-$HOME/.cache}/transformateur"
server="$cache/versitygw-$version"

build() {
  [ -x "$server" ] && return
  echo "building versitygw $version for the tests, once" >&2
  local to; to="$(mktemp -d)"
  if (cd "$to" && GOFLAGS= GOBIN="$to" CGO_ENABLED=0 go install "github.com/versity/versitygw/cmd/versitygw@$version") >"$to/log" 2>&1; then
    mkdir -p "$cache" && mv "$to/versitygw" "$server"
  else
    tail -5 "$to/log" >&2
    rm -rf "$to"
    return 1
  fi
  rm -rf "$to"
}

case "$act" in
start)
  build
  mkdir -p "$dir/data/files" "$dir/meta"
  for port in $(shuf -i 20000-40000 -n 20); do
    "$server" --access tester --secret "a secret of the tests" --region eu-west-3 --port "127.0.0.1:$port" --quiet \
      posix --sidecar "$dir/meta" "$dir/data" >"$dir/server.log" 2>&1 &
    pid=$!
    for _ in $(seq 50); do
      if ! kill -0 "$pid" 2>/dev/null; then break; fi
      if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
        echo "$pid" >"$dir/pid"
        disown "$pid"
        echo "127.0.0.1:$port|tester|a secret of the tests|files"
        exit 0
      fi
      sleep 0.1
    done
    kill "$pid" 2>/dev/null || true
  done
  tail -5 "$dir/server.log" >&2
  exit 1
  ;;
stop)
  [ -f "$dir/pid" ] && kill "$(cat "$dir/pid")" 2>/dev/null || true
  rm -rf "$dir"
  ;;
esac
