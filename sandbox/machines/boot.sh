#!/bin/sh
# Process 1 of a machine's new namespaces until systemd takes its place: builds what firmware, kernel and initramfs
# would, on the machine's disk. Up to pivot_root the programs are the caller's, afterwards the machine's own.
# Told by bootEnvironment(): MACHINE, its directory; BASE, the shared base tree; TEMPLATE of the disks; HIERARCHIES of control
# groups; HOSTNAME_; DEVICES, commands that make its volumes appear; KERNEL_LINES, what the console begins with.
set -eu
umask 022
read -r pid rest < /proc/self/stat # /proc is still the caller's, so this is the process id as the caller sees it
echo "$pid" > "$MACHINE/pid.new" && mv "$MACHINE/pid.new" "$MACHINE/pid"
printf '%s' "$KERNEL_LINES"

mount --make-rprivate /
root=$MACHINE/disk
mount --bind "$root" "$root"
layer() { mount -t overlay -o "lowerdir=$2,upperdir=$MACHINE/layers/$1/upper,workdir=$MACHINE/layers/$1/work" "$1" "$root/$1"; }
layer usr "$BASE/usr" # one copy in the page cache for all machines, and yet each may change its own
layer opt "$TEMPLATE/opt"
if [ -e "$MACHINE/absent" ]; then # the first boot of an image that has less
  while read -r path; do rm -rf "${root:?}/$path"; done < "$MACHINE/absent"
  rm "$MACHINE/absent"
fi

mount -t proc proc "$root/proc"
# /sys is put together from the parts of the real one, so that there is room for the hypervisor's entry.
mount -t tmpfs -o mode=755 sys "$root/sys"
mkdir -p "$MACHINE/sysfs"
mount -t sysfs sysfs "$MACHINE/sysfs"
for part in "$MACHINE"/sysfs/*; do mkdir "$root/sys/${part##*/}" && mount --bind "$part" "$root/sys/${part##*/}"; done
umount -l "$MACHINE/sysfs"
rmdir "$MACHINE/sysfs"
(cd "$MACHINE/facts" && find proc sys -type f) | while read -r fact; do
  [ -e "$root/$fact" ] || { mkdir -p "$root/${fact%/*}" && : > "$root/$fact"; }
  mount --bind "$MACHINE/facts/$fact" "$root/$fact"
done
mount -t tmpfs -o mode=755 cgroup "$root/sys/fs/cgroup"
for option in $HIERARCHIES; do
  name=${option#none,name=}
  mkdir "$root/sys/fs/cgroup/$name"
  mount -t cgroup -o "$option" cgroup "$root/sys/fs/cgroup/$name"
  case $name in *,*) for one in $(echo "$name" | tr , ' '); do ln -s "$name" "$root/sys/fs/cgroup/$one"; done ;; esac
done

mount -t tmpfs -o mode=755 dev "$root/dev"
for device in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 kmsg:1:11 tty:5:0 fuse:10:229; do
  IFS=: read -r name major minor <<END
$device
END
  mknod -m 666 "$root/dev/$name" c "$major" "$minor"
done
mkdir "$root/dev/pts" "$root/dev/shm" "$root/dev/mqueue"
ln -s /proc/self/fd "$root/dev/fd"
ln -s fd/0 "$root/dev/stdin"
ln -s fd/1 "$root/dev/stdout"
ln -s fd/2 "$root/dev/stderr"
ln -s pts/ptmx "$root/dev/ptmx"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
mount -t mqueue mqueue "$root/dev/mqueue"
: > "$root/dev/console"
mount --bind "$(readlink "/proc/$pid/fd/1")" "$root/dev/console" # the recorded terminal is the serial line
mount -t tmpfs -o mode=755 run "$root/run"
mount -t tmpfs -o mode=1777 tmp "$root/tmp"
printf '%s' "$HOSTNAME_" > /proc/sys/kernel/hostname

mkdir -p "$root/.caller"
cd "$root"
pivot_root . .caller
cd /
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
hash -r
umount -l /.caller
rmdir /.caller
mount --make-rshared / # the kubelet hands mounts on to containers
eval "$DEVICES"
# The network's settings are the machine's own; all others are the host's, so systemd-sysctl must not run.
for file in /usr/lib/sysctl.d/*.conf /etc/sysctl.d/*.conf /etc/sysctl.conf; do
  [ -f "$file" ] || continue
  sed -n 's/^[[:space:]]*-\{0,1\}\(net[./][^=]*=.*\)$/\1/p' "$file"
done | sysctl -q -e -p - || echo "some network settings of sysctl.d were refused"

# In a container systemd takes its kernel arguments from its own command line. Without these it would mount the unified
# hierarchy, whose root is the host's.
exec env -i PATH="$PATH" HOME=/ TERM=dumb container=box /usr/lib/systemd/systemd --log-target=journal --show-status=1 \
  systemd.unified_cgroup_hierarchy=0 systemd.legacy_systemd_cgroup_controller=1 < /dev/null > /dev/console 2>&1
