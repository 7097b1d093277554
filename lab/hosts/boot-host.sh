#!/bin/sh
# Boots one host of the lab and stays its supervisor. Runs in a mount namespace of its own, so that every mount
# made here vanishes with the host, however it ends.
# Usage: boot-host.sh NAME MACHINE_NAME ROOT_FILE_SYSTEM HOST_DIRECTORY CONTROL_GROUP NETWORK_NAMESPACE [systemd-nspawn arguments …]
set -eu
name=$1 machine=$2 base=$3 directory=$4 group=$5 network=$6
shift 6

for hierarchy in /sys/fs/cgroup/*; do
  [ -w "$hierarchy/cgroup.procs" ] && [ ! -L "$hierarchy" ] || continue
  mkdir -p "$hierarchy/$group"
  if [ -e "$hierarchy/$group/cpuset.cpus" ]; then
    # A new cpuset is empty and admits no process; its children then copy it.
    cat "$hierarchy/cpuset.cpus" > "$hierarchy/$group/cpuset.cpus"
    cat "$hierarchy/cpuset.mems" > "$hierarchy/$group/cpuset.mems"
    echo 1 > "$hierarchy/$group/cgroup.clone_children"
  fi
  mkdir -p "$hierarchy/$group/$name"
  echo $$ > "$hierarchy/$group/$name/cgroup.procs"
done

mount -t overlay overlay -o "lowerdir=$base,upperdir=$directory/upper,workdir=$directory/work" "$directory/root"
if [ -e "$directory/data.ext4" ]; then
  mount -o loop "$directory/data.ext4" "$directory/data"
  mkdir -p "$directory/data/containerd" "$directory/data/kubelet"
fi
# systemd-nspawn locks the directory by a file of this name, and leaves the file behind when it is killed.
stat --format='inode-%d:%i' "$directory/root" > "$directory/lock-name"
# The host gets cgroups of its own from systemd-nspawn. Binding the machine's would let six systemds share one tree.
exec systemd-nspawn --quiet --register=no --keep-unit --boot --directory="$directory/root" --machine="$machine" --hostname="$name" \
  --network-namespace-path="/run/netns/$network" --capability=all --system-call-filter=@known --console=pipe \
  --bind=/dev/kmsg "$@" --kill-signal=SIGRTMIN+3
