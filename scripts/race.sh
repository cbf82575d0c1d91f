#!/usr/bin/env bash
# Runs the suite under the race detector, one package after another: it multiplies
# memory, and the machine of the integration has two cores. Arguments narrow the
# packages (default: all that have tests). Needs a C compiler: the detector's
# runtime is linked by it, in tests alone.
set -uo pipefail
cd "$(dirname "$0")/.."
command -v gcc >/dev/null || command -v clang >/dev/null || { echo "the race detector needs a C compiler" >&2; exit 1; }
export CGO_ENABLED=1 TRANSFORMATEUR_RACE=1 GORACE="halt_on_error=0"
if [ -z "${TRANSFORMATEUR_TEST_POSTGRES:-}" ]; then
  dir="$(mktemp -d /tmp/transformateur-race-XXXXXX)"
  chmod 711 "$dir"
  trap 'scripts/postgres.sh stop "$dir/pg" || true; rm -rf "$dir"' EXIT
  TRANSFORMATEUR_TEST_POSTGRES="$(scripts/postgres.sh start "$dir/pg")"
  export TRANSFORMATEUR_TEST_POSTGRES
fi
[ $# -gt 0 ] || mapfile -t all < <(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./internal/... | grep -v internal/arch)
[ $# -eq 0 ] || all=("$@")
status=0
for package in "${all[@]}"; do
  go test -race -vet=off -p 1 -timeout 20m "$package" 2>&1 | grep -E '^(ok|FAIL|---|panic|WARNING: DATA RACE)|_test.go' || status=1
  [ "${PIPESTATUS[0]}" = 0 ] || status=1
done
exit "$status"
