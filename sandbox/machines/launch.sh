#!/bin/sh
# Puts itself into the machine's control groups and namespaces, then boots it.
# Told by bootEnvironment(): MACHINE_GROUPS, directories; NETNS, file of its network namespace; BOOT, its first process.
set -eu
for group in $MACHINE_GROUPS; do echo $$ > "$group/cgroup.procs"; done
# The control-group namespace is made only now: its root is the groups just entered.
exec nsenter --net="$NETNS" unshare --mount --uts --ipc --pid --cgroup --fork --kill-child /bin/sh "$BOOT"
