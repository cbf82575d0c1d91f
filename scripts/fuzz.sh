#!/usr/bin/env bash
# Runs every fuzz target for FUZZTIME (30s) and prints what each did. FUZZ narrows the
# targets by a pattern on "package Target". What makes one fail stays in its package,
# under testdata/fuzz, and is from then on a test case like any other.
set -uo pipefail
cd "$(dirname "$0")/.."
time="${FUZZTIME:-30s}"
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
status=0
printf '%-46s %12s %8s  %s\n' target executions "new" outcome
grep -rn --include='*_test.go' -oE '^func Fuzz[A-Za-z0-9_]+' internal | sed -E 's#^(.*)/[^/]+:[0-9]+:func (.*)$#\1 \2#' | sort -u | grep -E "${FUZZ:-.}" |
  {
    while read -r package target; do
      if go test -vet=off -run '^$' -fuzz "^$target\$" -fuzztime "$time" "./$package" >"$log" 2>&1; then outcome=ok; else outcome=FAILED; status=1; fi
      last="$(grep -E '^fuzz: elapsed' "$log" | tail -1)"
      execs="$(sed -nE 's/.*execs: ([0-9]+).*/\1/p' <<<"$last")"
      fresh="$(sed -nE 's/.*new interesting: ([0-9]+).*/\1/p' <<<"$last")"
      printf '%-46s %12s %8s  %s\n' "${package#internal/} $target" "${execs:-0}" "${fresh:-0}" "$outcome"
      [ "$outcome" = ok ] || grep -vE '^fuzz: elapsed' "$log" | head -30
    done
    exit "$status"
  }
