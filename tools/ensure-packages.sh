#!/bin/sh
# Makes node_modules match package-lock.json. Usage: ensure-packages.sh all|runtime
# "runtime" leaves out what only development needs. Costs two file comparisons when there is nothing to do.
set -u

wanted=${1:-all}
root=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$root" || exit 3

is_ready() {
  cmp -s package-lock.json node_modules/.lock-of-all && return 0
  [ "$wanted" = runtime ] && cmp -s package-lock.json node_modules/.lock-of-runtime
}
is_ready && exit 0

# npm ci empties node_modules, so two at once would destroy each other's work. Making a folder is atomic.
turn=$root/.installing
waits=0
until mkdir "$turn" 2>/dev/null; do
  [ -d "$turn" ] || { printf 'stanch: Tried to write to %s to install packages, and could not. What to do: make it writable.\n' "$root" >&2; exit 3; }
  owner=$(cat "$turn/owner" 2>/dev/null || echo)
  waits=$((waits + 1))
  if [ -n "$owner" ] && kill -0 "$owner" 2>/dev/null; then
    sleep 1
  elif [ -n "$owner" ] || [ "$waits" -gt 3 ]; then
    rm -rf "$turn" # Its owner is dead.
  else
    sleep 1
  fi
done
echo $$ >"$turn/owner"
trap 'rm -rf "$turn"' EXIT
trap 'exit 130' INT TERM
is_ready && exit 0

printf 'stanch: installing packages (%s), once …\n' "$wanted" >&2
omit=
[ "$wanted" = runtime ] && omit=--omit=dev
if ! said=$(npm ci $omit --loglevel=error --no-progress 2>&1 </dev/null); then
  printf 'stanch: Tried: npm ci %s\nstanch: Happened: %s\n' "$omit" "$said" >&2
  printf 'stanch: What to do: make the npm registry reachable and try again; after a change of package.json, run npm run lock.\n' >&2
  exit 3
fi
cp package-lock.json "node_modules/.lock-of-$wanted"
