#!/usr/bin/env bash
# Runs every test, with what they need: a private PostgreSQL server, started here
# and stopped whatever happens, and Chromium. On Debian and Ubuntu, what is missing
# is installed; what is there is used without asking the network anything.
# With CI set, a test that skips itself is a failure. TRANSFORMATEUR_COVER names
# the file that keeps which lines were reached.
set -euo pipefail
cd "$(dirname "$0")/.."
strict="${CI:-}"
dir="$(mktemp -d /tmp/transformateur-test-XXXXXX)"
chmod 711 "$dir"
race=""
fast="$dir"
stop() { [ -z "$race" ] || kill "$race" 2>/dev/null || true; scripts/postgres.sh stop "$fast/pg" || true; scripts/s3.sh stop "$dir/s3" || true; rm -rf "$dir" "$fast"; }
trap stop EXIT
trap 'exit 130' INT TERM

# Thousands of small databases are made and thrown away: in memory, where there is room
# and programs may be run there. What is built stays on the disk: the tests alone are told
# of the other place.
room() { [ "$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')" -gt 6000000 ] && [ "$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)" -gt 8000000 ]; }
if room 2>/dev/null && shm="$(mktemp -d /dev/shm/transformateur-test-XXXXXX)"; then
  printf '#!/bin/sh\n' >"$shm/try" && chmod 711 "$shm" && chmod +x "$shm/try"
  if "$shm/try" 2>/dev/null; then fast="$shm"; else rm -rf "$shm"; fi
fi
export TMPDIR="$fast" GOTMPDIR="$dir"

browser() { for name in chromium chromium-browser google-chrome google-chrome-stable; do command -v "$name" && return; done; return 1; }

install_browser() {
  echo "installing Debian's Chromium for the tests" >&2
  local sudo=""
  [ "$(id -u)" = 0 ] || sudo="sudo -n"
  $sudo apt-get update -qq >&2 && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >&2
}

if ! browser >/dev/null && ! install_browser; then
  echo "Chromium is missing and could not be installed: the journeys will not run" >&2
  [ -z "$strict" ] || exit 1
fi
[ -z "$strict" ] || export TRANSFORMATEUR_TEST_REQUIRE_BROWSER=1
TRANSFORMATEUR_TEST_POSTGRES="$(scripts/postgres.sh start "$fast/pg")"
export TRANSFORMATEUR_TEST_POSTGRES TRANSFORMATEUR_TEST_REQUIRE_POSTGRES=1
if TRANSFORMATEUR_TEST_S3="$(scripts/s3.sh start "$dir/s3")"; then
  export TRANSFORMATEUR_TEST_S3 TRANSFORMATEUR_TEST_REQUIRE_S3=1
else
  echo "the S3 server that checks signatures could not be started: its tests will not run" >&2
  [ -z "$strict" ] || exit 1
fi

# Without cgo, as the program is delivered: the tests that build it then find it built.
export CGO_ENABLED=0
status=0
echo "== go vet"
go vet ./... || status=1
echo "== staticcheck"
go tool staticcheck ./... || status=1
# The race detector works beside the tests, behind them; its words come after theirs.
if command -v gcc >/dev/null || command -v clang >/dev/null; then
  nice -n 10 scripts/race.sh ./internal/platform/job ./internal/platform/event ./internal/platform/db ./internal/platform/blob >"$dir/race.log" 2>&1 &
  race=$!
fi
echo "== go test"
log="$dir/test.log"
# What takes longest begins first: nothing then waits for it at the end.
longest=(./internal/app/journeys ./internal/app ./internal/app/faults)
measure=()
[ -z "${TRANSFORMATEUR_COVER:-}" ] || measure=(-coverpkg=./internal/... "-coverprofile=$TRANSFORMATEUR_COVER")
go test -v -vet=off -p 3 -timeout 30m -exec "env GOTMPDIR=$fast" ${measure[@]+"${measure[@]}"} "${longest[@]}" ./... >"$log" 2>&1 || status=1

# One line a package; all that was said, but for what went well, of those that failed.
awk '
  /^=== |^ *--- PASS/ { next }
  /^\?? *\t.*no test files/ { said = ""; next }
  /^ok  \t/ { print; said = ""; next }
  /^PASS$/ { next }
  /^FAIL\t/ { printf "%s", said; print; said = ""; next }
  { said = said $0 "\n" }
  END { printf "%s", said }
' "$log"
echo "== race detector, on what many do at once"
if [ -n "$race" ]; then
  wait "$race" || status=1
  cat "$dir/race.log"
else
  echo "no C compiler: the race detector did not run"
  [ -z "$strict" ] || status=1
fi
passed="$(grep -cE '^ *--- PASS' "$log" || true)"
failed="$(grep -cE '^ *--- FAIL|^FAIL.*\[(build|setup) failed\]' "$log" || true)"
skipped="$(grep -cE '^ *--- SKIP' "$log" || true)"
echo "== $passed passed, $failed failed, $skipped skipped in ${SECONDS} s"
if [ "$skipped" != 0 ]; then
  grep -E '^ *--- SKIP|SKIPPED' "$log" | sort | uniq -c
  [ -z "$strict" ] || { echo "a test skipped itself: refused here"; status=1; }
fi
exit "$status"
