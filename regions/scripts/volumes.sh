# The volumes of a control-plane slot: found, formatted where blank, mounted.
by_id=/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_

# The volume's stable name where it is an NVMe device, else the name it was attached by.
device_of() {
  local name
  for name in "$by_id${1//-/}" "/dev/xvd${2: -1}" "$2"; do
    if [[ -b $name ]]; then
      echo "$name"
      return
    fi
  done
  instead_of "$1" && return
  echo "volume $1 is not attached yet"
  return 1
}

# A volume that came in place of a lost one has an id that this script, which is frozen, does not know. It is the one
# device too many where one is missing; the root's has partitions.
instead_of() {
  local id link missing=() more=()
  while read -r id _; do
    [[ -e $by_id${id//-/} ]] || missing+=("$id")
  done <<<"$VOLUMES"
  for link in "$by_id"vol*; do
    [[ $link =~ _vol([0-9a-f]+)$ && ! -e $link-part1 ]] || continue
    [[ $VOLUMES == *"vol-${BASH_REMATCH[1]} "* ]] || more+=("$link")
  done
  [[ ${missing[*]} == "$1" && ${#more[@]} == 1 ]] && echo "${more[0]}"
}

mount_volume() {
  local device found=0
  mountpoint -q "$3" && return
  device=$(device_of "$1" "$2") || { echo "$device"; return 1; }
  blkid -p "$device" || found=$?
  case $found in
    0) ;;
    2) mkfs.ext4 -q -m 0 "$device" ;;
    *) echo "blkid cannot tell whether $device is blank (exit $found): not formatting it"; return 1 ;;
  esac
  mkdir -p "$3"
  mount -o noatime "$device" "$3"
}

volumes() {
  local id device path
  while read -r id device path; do
    retry 600 mount_volume "$id" "$device" "$path"
    echo "$id is at $path"
  done <<<"$VOLUMES"
}

# Percent of a volume from which on its node says so: etcd ends when it cannot write, and takes the API along.
FULL=90

# Says on the console which volumes have little room left: the one place that can be read from outside when the API is gone.
room() {
  local id device path used free
  while read -r id device path; do
    read -r used free < <(df --output=pcent,avail -BM "$path" | tail -n 1)
    ((${used%\%} < FULL)) || echo "the volume at $path ($id) is full to $used, $free left: what writes there stops when it is full"
  done <<<"$VOLUMES"
}

room_units() {
  unit federation-room.service <<UNIT
[Unit]
Description=Whether the volumes of this control-plane slot have room
[Service]
Type=oneshot
StandardOutput=journal+console
ExecStart=$here room
UNIT
  unit federation-room.timer <<UNIT
[Unit]
Description=Whether the volumes of this control-plane slot have room, every minute
[Timer]
OnActiveSec=1min
OnUnitActiveSec=1min
[Install]
WantedBy=timers.target
UNIT
}
