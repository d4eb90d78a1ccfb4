#!/bin/sh
# Puts itself into the machine's control groups and namespaces, then boots it.
# GROUPS_ = directories of the groups; NETNS = file of the network namespace; BOOT = what to run there as process 1.
set -eu
for group in $MACHINE_GROUPS; do echo $$ > "$group/cgroup.procs"; done
# The control-group namespace is made only now: its root is the groups just entered.
exec nsenter --net="$NETNS" unshare --mount --uts --ipc --pid --cgroup --fork --kill-child /bin/sh "$BOOT"
