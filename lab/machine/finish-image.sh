#!/bin/sh
# Gives an image's file system the links and files that its programs expect. Usage: finish-image.sh ROOT
set -eu
root=$1
mkdir -p "$root/etc" "$root/tmp" "$root/run"
echo 'root:x:0:0:root:/:/bin/sh' > "$root/etc/passwd"
# Without it, name look-ups of statically linked programs do not read /etc/hosts before DNS.
echo 'hosts: files dns' > "$root/etc/nsswitch.conf"
if [ -e "$root/bin/busybox" ]; then
  for name in sh cat ls nc sleep rm mkdir dd test grep ps; do ln -sf busybox "$root/bin/$name"; done
fi
if [ -e "$root/usr/sbin/xtables-nft-multi" ]; then
  mkdir -p "$root/lib64"
  ln -s ../usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 "$root/lib64/ld-linux-x86-64.so.2"
  ln -s usr/lib "$root/lib"
  for family in iptables ip6tables; do
    for tool in "" -save -restore; do ln -s xtables-nft-multi "$root/usr/sbin/$family$tool"; done
  done
fi
