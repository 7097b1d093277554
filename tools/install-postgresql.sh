#!/bin/sh
# Installs Debian's PostgreSQL for the tests that need a real one. It starts none: the tests start their own, in a temporary folder.
set -eu

ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && exit 0
command -v initdb >/dev/null 2>&1 && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  printf 'Tried: to install PostgreSQL. Happened: this is not root on Debian or Ubuntu. What to do: install it yourself; initdb has to be in the PATH.\n' >&2
  exit 3
fi
export DEBIAN_FRONTEND=noninteractive
# An installation that was killed half-way leaves packages that the next one refuses to pass over.
dpkg --configure --pending
apt-get update -qq
apt-get install -y -qq --no-install-recommends postgresql-common
# Otherwise the package makes a database of the machine's own, and starts it.
sed -i 's/^#\{0,1\} *create_main_cluster *=.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
grep -q '^create_main_cluster = false' /etc/postgresql-common/createcluster.conf || printf 'create_main_cluster = false\n' >>/etc/postgresql-common/createcluster.conf
apt-get install -y -qq --no-install-recommends postgresql
