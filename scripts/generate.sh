#!/usr/bin/env bash
# Writes again everything that is committed and made by a program. Templates are
# compiled from their own folder, so that the result does not depend on who asks.
set -euo pipefail
cd "$(dirname "$0")/.."
git ls-files --cached --others --exclude-standard '*.templ' | xargs -r -n1 dirname | sort -u | while read -r folder; do
  go tool templ generate -path "$folder"
done
go run ./frontend/build/cmd
go test ./internal/arch -run Dependencies -update >/dev/null
go test ./internal/policy -run Document -update >/dev/null
