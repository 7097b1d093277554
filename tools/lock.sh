#!/bin/sh
# Brings package-lock.json and node_modules up to date after a change of package.json.
set -eu
cd "$(dirname "$0")/.."
bin=$(sh tools/ensure-node.sh)
[ -n "$bin" ] && PATH=$bin:$PATH && export PATH
npm install --loglevel=error --no-progress
node tools/prune-lock.mjs
cp package-lock.json node_modules/.lock-of-all
