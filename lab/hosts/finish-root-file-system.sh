#!/bin/sh
# Makes a fresh Debian root file system neutral: nothing starts by itself, nothing is shared that must be a host's own.
# Usage: finish-root-file-system.sh ROOT
set -eu
root=$1
rm -f "$root"/etc/ssh/ssh_host_* "$root"/etc/machine-id "$root"/var/lib/dbus/machine-id "$root"/etc/hostname "$root"/etc/resolv.conf
rm -f "$root"/etc/systemd/system/multi-user.target.wants/* "$root"/etc/systemd/system/timers.target.wants/*
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/usr/share/doc/* "$root"/usr/share/man/*
# There is no terminal to log in at, and the package timers would only cost CPU.
for unit in console-getty.service getty@.service systemd-logind.service apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer \
  fstrim.timer dpkg-db-backup.timer systemd-networkd.service systemd-resolved.service systemd-timesyncd.service; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
# The first boot must ask nobody anything.
: > "$root/etc/machine-id"
