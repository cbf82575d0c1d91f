#!/usr/bin/env bash
# Installs the scanners on Debian and Ubuntu when they are missing, and sets them on
# the demonstration. The arguments are those of bench/scan (-roles, -spend, -level).
set -euo pipefail
cd "$(dirname "$0")/.."
missing=()
for tool in sqlmap wapiti ffuf; do command -v "$tool" >/dev/null || missing+=("$tool"); done
if [ ${#missing[@]} -gt 0 ]; then
  echo "installing ${missing[*]}" >&2
  sudo="$([ "$(id -u)" = 0 ] || echo "sudo -n")"
  $sudo apt-get update -qq >&2 && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
fi
exec go run ./bench/scan "$@"
