# Snapshots of a control-plane node's etcd: taken, kept in the member's bucket, restored.
requests=/var/lib/federation/backup-requests

# Sets bucket and restore_from, empty where there is none. From SSM and not from this script, which is frozen.
backups() {
  local answer
  answer=$(parameter "$BACKUPS_PARAMETER") || return 1
  { read -r bucket && read -r restore_from; } < <(python3 -c '
import json, sys
value = json.load(sys.stdin)
print(value["bucket"], value["restoreFrom"], sep="\n")
' <<<"$answer")
}

# Sets image to etcd's. Before etcd's first start a node whose own image brings none has it not yet.
etcd_image() {
  image=$(kubeadm config images list --config "$config" | grep /etcd:) || return 1
  [[ -n $(ctr -n k8s.io images ls -q "name==$image") ]] || kubeadm config images pull --config "$config"
}

# etcd_tool PROGRAM ARGUMENTS...: out of etcd's image, so of the version that runs, with folder and the keys as on the node.
etcd_tool() {
  ctr -n k8s.io run --rm --net-host --mount "type=bind,src=$pki,dst=$pki,options=rbind:ro" \
    --mount "type=bind,src=$folder,dst=$folder,options=rbind:rw" "$image" "federation-$$-$RANDOM" "$@"
}

etcdctl() {
  etcd_tool etcdctl --endpoints https://127.0.0.1:2379 --cacert $pki/etcd/ca.crt \
    --cert $pki/apiserver-etcd-client.crt --key $pki/apiserver-etcd-client.key "$@"
}

leads() {
  etcdctl endpoint status -w json | python3 -c '
import json, sys
status = json.load(sys.stdin)[0]["Status"]
sys.exit(status["leader"] != status["header"]["member_id"])
'
}

# s3 BUCKET KEY BODY CURL-ARGUMENTS...: S3 wants the body's sum in each call, which older curls do not give.
s3() {
  local sum
  sum=$(sha256sum "$3" | cut -c1-64)
  as_role s3 -m 3600 -H "x-amz-content-sha256: $sum" "https://$1.s3.$REGION.amazonaws.com/$2" "${@:4}" </dev/null
}

# upload FILE KEY: S3 compares the sum, so what lies there is what was verified here.
upload() {
  local answer
  answer=$(s3 "$bucket" "$2" "$1" -T "$1") || { echo "S3: $answer"; return 1; }
}

# download BUCKET KEY FILE
download() {
  s3 "$1" "$2" /dev/null -o "$3" || { echo "S3: $(head -c 600 "$3")"; return 1; }
}

# A snapshot of this node's etcd. It holds every Secret, so only root sees it. The question after its health is answered
# by a majority: a node that lags behind catches up first.
take() {
  retry 240 etcdctl endpoint health
  retry 600 etcdctl snapshot save "$folder/db"
  etcd_tool etcdutl snapshot status "$folder/db"
  retry 600 upload "$folder/db" "$1"
  taken=s3://$bucket/$1
  echo "$taken: $(stat -c %s "$folder/db") bytes"
}

# backup [POD]: one that somebody asked for by a pod is answered there; those of the timer are the leader's.
backup() {
  step "backup of etcd"
  folder=$(mktemp -d -p /var/tmp) taken='' asker=${1-}
  trap finish EXIT
  identity
  retry 240 backups
  if [[ -z $bucket ]]; then
    taken="failed: backups are off"
    echo "backups are off"
    return
  fi
  retry 600 etcd_image
  if [[ -z $asker ]] && ! leads; then
    echo "another node leads etcd, and takes the snapshot"
    return
  fi
  take "$MEMBER/$(date -u +%Y%m%dT%H%M%SZ)-${node_name%%.*}.db"
}

finish() {
  rm -rf "$folder"
  [[ -z $asker ]] || kube PATCH "/api/v1/namespaces/kube-system/pods/$asker" -o "$log" \
    -H 'Content-Type: application/merge-patch+json' \
    -d "{\"metadata\":{\"annotations\":{\"federation/backup\":\"${taken:-failed: the console of $node_name tells why}\"}}}" ||
    cat "$log"
  unmarked
}

# The oldest request: a directory with the name of the pod that had the kubelet make it. The runtime may make it once
# more when it starts the pod, so what was served is noted.
asked() {
  local request
  request=$(ls -tr $requests | head -n 1)
  [[ -n $request ]] || return 0
  rmdir "$requests/$request"
  mkdir "/run/federation-asked-$request" 2>/dev/null || return 0
  backup "$request"
}

# Every slot restores the same snapshot for the membership that all begin with; the ids follow from that, so they find
# each other: https://etcd.io/docs/v3.6/op-guide/recovery/. The revision jumps ahead of all that clients have seen, as
# advised there for Kubernetes: else they would take what they remember for newer than what is.
restore() {
  local from=$bucket key=$restore_from name pair
  if [[ $restore_from == s3://* ]]; then
    key=${restore_from#s3://}
    from=${key%%/*} key=${key#*/}
  fi
  step "restoring etcd from $restore_from"
  hint="The snapshot s3://$from/$key cannot be restored: see whether restoreFrom names one that is there."
  folder=/var/lib/etcd/restored
  for pair in ${ETCD_CLUSTER//,/ }; do
    [[ $pair != *"=https://$node_ip:2380" ]] || name=${pair%%=*}
  done
  retry 600 etcd_image
  rm -rf "$folder"
  mkdir -m 0700 "$folder"
  retry 120 download "$from" "$key" "$folder/db"
  etcd_tool etcdutl snapshot restore "$folder/db" --data-dir "$folder/data" --name "$name" \
    --initial-cluster "$ETCD_CLUSTER" --initial-advertise-peer-urls "https://$node_ip:2380" \
    --bump-revision 1000000000 --mark-compacted
  # Noted before etcd starts: the next slot's node is made only when this word is there or this etcd is well.
  retry 240 note "restoring $restore_from"
  mv -T "$folder/data" /var/lib/etcd/data
  rm -rf "$folder"
  hint=
}

backup_units() {
  unit federation-backup.service <<UNIT
[Unit]
Description=A snapshot of etcd to the member's bucket
[Service]
Type=oneshot
StandardOutput=journal+console
ExecStart=$here backup
UNIT
  unit federation-backup.timer <<UNIT
[Unit]
Description=Snapshots of etcd
[Timer]
OnCalendar=*-*-* $BACKUP_HOURS:00:00 UTC
RandomizedDelaySec=10min
Persistent=true
[Install]
WantedBy=timers.target
UNIT
  unit federation-backup-asked.service <<UNIT
[Unit]
Description=A snapshot of etcd that somebody asked for
[Service]
Type=oneshot
StandardOutput=journal+console
ExecStart=$here asked
UNIT
  unit federation-backup-asked.path <<UNIT
[Unit]
Description=Requests for snapshots of etcd
[Path]
DirectoryNotEmpty=$requests
MakeDirectory=yes
[Install]
WantedBy=multi-user.target
UNIT
}
