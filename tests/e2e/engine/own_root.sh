#!/bin/sh
# Runs a daemon that starts containers, in a mount namespace of its own: `unshare --mount own_root.sh COMMAND…`.
#
# What containers need and a bare root directory (chroot, ramdisk) lacks is mounted there, so it ends with the daemon:
# a root that is a mount point, since pivot_root takes no other one, /sys, and the control groups.
set -eu

root=/mnt
mount --rbind / $root
mountpoint -q $root/sys || mount -t sysfs sysfs $root/sys
if ! grep -qE ' - cgroup2? ' /proc/self/mountinfo; then
  # Those of version 1 where the kernel has given them out as such: a controller is in one hierarchy only.
  controllers=$(awk '!/^#/ && $2 > 0 && $4 == 1 {print $1}' /proc/cgroups)
  if [ -n "$controllers" ]; then
    mount -t tmpfs -o mode=755 cgroup $root/sys/fs/cgroup
    for controller in $controllers; do
      mkdir "$root/sys/fs/cgroup/$controller"
      mount -t cgroup -o "$controller" cgroup "$root/sys/fs/cgroup/$controller"
    done
  else
    mount -t cgroup2 cgroup2 $root/sys/fs/cgroup
  fi
fi
exec chroot $root "$@"
