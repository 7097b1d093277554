#!/bin/sh
# Runs a script of this repository, or a program of an installed package, with Node 24 and the locked packages.
# Usage: tools/run.sh tools/generate-indexes.ts --check        tools/run.sh vitest run src/domain
set -u

[ $# -gt 0 ] || { printf 'Usage: %s <script or program> [arguments]\n' "$0" >&2; exit 3; }
root=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$root" || exit 3

bin=$(sh tools/ensure-node.sh) || exit $?
[ -n "$bin" ] && PATH=$bin:$PATH
export PATH="$root/node_modules/.bin:$PATH"
sh tools/ensure-packages.sh all || exit $?

what=$1
shift
[ -f "$what" ] && exec node --disable-warning=ExperimentalWarning "$what" "$@"
exec "$what" "$@"
