# A node of the control plane. Every one does the same: none comes first, and each step can be repeated.
config=/etc/kubernetes/federation.yaml
pki=/etc/kubernetes/pki
by_id=/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_
export KUBECONFIG=/etc/kubernetes/admin.conf

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

fetch_keys() {
  local answer
  answer=$(ssm GetParameters "{\"Names\":$KEY_PARAMETERS,\"WithDecryption\":true}") || { echo "SSM: $answer"; return 1; }
  python3 -c '
import json, os, sys
answer = json.load(sys.stdin)
if answer.get("InvalidParameters"):
    sys.exit("SSM has no parameter " + ", ".join(answer["InvalidParameters"]))
os.umask(0o077)
for parameter in answer["Parameters"]:
    for name, text in json.loads(parameter["Value"]).items():
        path = os.path.join("/etc/kubernetes/pki", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
' <<<"$answer"
}

# etcd_api ADDRESS ACTION BODY: a call about its members; a node has no etcdctl.
etcd_api() {
  curl -sS --fail-with-body -m 10 --cacert $pki/etcd/ca.crt --cert $pki/apiserver-etcd-client.crt \
    --key $pki/apiserver-etcd-client.key -d "$3" "https://$1:2379/v3/cluster/member/$2"
}

# What etcd says, if a majority of it is there: then membership can be changed.
etcd_members() {
  local peer
  for peer in $PEERS; do
    members=$(etcd_api "$peer" list '{"linearizable":true}') && speaker=$peer && return
    echo "$peer: $members"
  done
  return 1
}

# Makes this slot a member of the etcd that the others form. One who was a member and lost its data must not come back
# as if it had them: it leaves and joins. Sets etcd_cluster to all members.
etcd_join() {
  local id started known
  etcd_members || return 1
  read -r id started known <<<"$(python3 -c '
import json, sys
members = json.loads(sys.argv[1])["members"]
url = "https://%s:2380" % sys.argv[2]
mine = [member for member in members if url in member["peerURLs"]]
urls = [url] + [each for member in members for each in member["peerURLs"]]
known = [pair for pair in sys.argv[3].split(",") if pair.split("=")[1] in urls]
print(mine[0]["ID"] if mine else "-", "yes" if mine and mine[0].get("name") else "no", ",".join(known))
' "$members" "$node_ip" "$ETCD_CLUSTER")"
  if [[ $started == yes ]]; then
    echo "leaving as $id: its data are gone"
    etcd_api "$speaker" remove "{\"ID\":\"$id\"}" || return 1
    id=-
  fi
  if [[ $id == - ]]; then
    etcd_api "$speaker" add "{\"peerURLs\":[\"https://$node_ip:2380\"]}" || return 1
  fi
  etcd_cluster=$known
}

# Sets begun to what is noted of the cluster: no, yes, restoring SNAPSHOT, or yes SNAPSHOT when it was restored from one.
begun() {
  begun=$(parameter "$BEGUN_PARAMETER")
}

# put_parameter NAME VALUE: the value as it stands between the quotes of a JSON text.
put_parameter() {
  local answer
  answer=$(ssm PutParameter "{\"Name\":\"$1\",\"Type\":\"SecureString\",\"Overwrite\":true,\"Value\":\"$2\"}") ||
    { echo "SSM: $answer"; return 1; }
}

note() {
  put_parameter "$BEGUN_PARAMETER" "$1"
}

# What the cluster was restored from stays noted, so that it is restored once.
note_begun() {
  begun || return 1
  case $begun in
    no) note yes ;;
    restoring\ *) note "yes ${begun#* }" ;;
  esac
}

# Joins the others' etcd if a majority of them answers within so many seconds.
joined() {
  local deadline=$((SECONDS + $1))
  [[ -n $PEERS ]] || return 1
  until etcd_join; do
    ((SECONDS < deadline)) || return 1
    sleep 5
  done
  etcd_state=existing
}

# Data that are there speak for themselves. A blank volume joins the others where they have a majority. Where none answers
# it restores the snapshot that is asked for, unless the cluster was restored from it already; or founds etcd together
# with the other slots, where none was ever begun.
etcd_start() {
  local patience=0
  etcd_cluster=$ETCD_CLUSTER etcd_state=new
  [[ ! -d /var/lib/etcd/data/member ]] || return 0
  retry 240 begun
  retry 240 backups
  if [[ -n $restore_from && $begun != "yes $restore_from" ]]; then
    # Others that have their data may only be starting; a restored node beside them could not be put right.
    [[ $begun != yes* ]] || patience=120
    joined $patience || restore
  elif [[ $begun != no ]]; then
    etcd_state=existing
    echo "a blank volume in a cluster that was begun: asking the others"
    hint="This slot has lost etcd's data, and no majority of the others answers. Start them, or restore a snapshot by restoreFrom."
    [[ $begun != yes\ * ]] || hint+=" (${begun#* } was restored once: it is not again under that name.)"
    [[ -n $PEERS ]]
    retry 600 etcd_join
    hint=
  fi
}

pem() {
  sed -n "s/^ *$1: //p" /etc/kubernetes/super-admin.conf | base64 -d
}

# kube METHOD PATH CURL-ARGUMENTS...: as the administrator that is one before any role is bound.
kube() {
  curl -sS --fail-with-body -m 10 -X "$1" --cacert $pki/ca.crt --cert <(pem client-certificate-data) \
    --key <(pem client-key-data) "https://$API_NAME:6443$2" "${@:3}"
}

# Has the kubelet register a node of its own: it does so at its start only. What began with the pod range of the node before
# would keep addresses that are routed elsewhere, so each of those pods loses its sandbox and begins anew.
register() {
  local pod
  systemctl stop kubelet
  for pod in /var/lib/cni/results/*-eth0; do
    [[ -e $pod ]] || continue
    pod=${pod%-eth0}
    ctr -n k8s.io tasks kill -s KILL "${pod##*-}" || true
  done
  rm -f /etc/cni/net.d/*
  ip link delete cni0 2>/dev/null || true
  systemctl restart containerd
  systemctl start kubelet
}

# An instance bears the name of the one that sat in its slot before. That one's node has to go, or the cloud controller
# never learns of this instance, and its pods keep a range that is routed to the other. Or the cloud controller, on another
# slot, has deleted it just when the kubelet had taken it for its own.
absent=0
own_node() {
  local node provider
  if ! node=$(kube GET "/api/v1/nodes/$node_name"); then
    echo "$node"
    [[ $node != *'"NotFound"'* ]] || (((absent += 1) % 5)) || register
    return 1
  fi
  provider=$(python3 -c 'import json, sys; print(json.load(sys.stdin)["spec"].get("providerID", ""))' <<<"$node")
  [[ -n $provider && $provider != */$instance_id ]] || return 0
  echo "the node was $provider: making it anew"
  kube DELETE "/api/v1/nodes/$node_name" || return 1
  register
}

# With its node, which may go once more before it is marked.
mark() {
  own_node && kubeadm init phase mark-control-plane --config "$config"
}

phase() {
  step "kubeadm init phase $*"
  retry 240 kubeadm init phase "$@" --config "$config"
}

answers() {
  curl -sSf -m 5 --cacert /etc/kubernetes/pki/ca.crt "https://$API_NAME:6443/readyz"
}

# What workers join with: a token of 24 hours, renewed long before it ends.
publish_token() {
  local token hash
  read -r _ _ _ _ token _ hash <<<"$(kubeadm token create --ttl 24h --print-join-command)"
  [[ $hash == sha256:* ]] || { echo "kubeadm printed no CA hash"; return 1; }
  put_parameter "$JOIN_PARAMETER" "{\\\"token\\\":\\\"$token\\\",\\\"hash\\\":\\\"$hash\\\"}"
}

# Whether anything that kubeadm signed ends within RENEWAL_HOURS.
due() {
  kubeadm certs check-expiration --config "$config" -o json | python3 -c '
import datetime, json, sys
limit = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=int(sys.argv[1]))
ends = {each["name"]: each["expirationDate"] for each in json.load(sys.stdin)["certificates"]}
soon = {name: end for name, end in ends.items() if datetime.datetime.fromisoformat(end.replace("Z", "+00:00")) < limit}
print("certificates:", soon or "none is due")
sys.exit(0 if soon else 1)
' "$RENEWAL_HOURS"
}

# The programs read their certificates at their start only. One after the other: each needs those before it.
renew() {
  local program
  due || return 0
  kubeadm certs renew all --config "$config"
  for program in etcd kube-apiserver kube-controller-manager kube-scheduler; do
    pkill -f "^$program " || true
    sleep 5
    retry 240 answers
  done
  echo "certificates renewed"
}

own_units() {
  backup_units
  unit federation-volumes.service <<UNIT
[Unit]
Description=Volumes of this control-plane slot
Before=kubelet.service
[Service]
Type=oneshot
RemainAfterExit=yes
StandardOutput=journal+console
ExecStart=$here volumes
[Install]
RequiredBy=kubelet.service
UNIT
  unit federation-join-token.service <<UNIT
[Unit]
Description=A new token for joining workers
[Service]
Type=oneshot
ExecStart=$here token
UNIT
  unit federation-join-token.timer <<UNIT
[Unit]
Description=A new token for joining workers, every 6 hours
[Timer]
OnActiveSec=10min
OnUnitActiveSec=6h
[Install]
WantedBy=timers.target
UNIT
  unit federation-certificates.service <<UNIT
[Unit]
Description=New certificates for the control plane
[Service]
Type=oneshot
StandardOutput=journal+console
ExecStart=$here renew
UNIT
  unit federation-certificates.timer <<UNIT
[Unit]
Description=New certificates for the control plane, when they end soon
[Timer]
OnCalendar=daily
RandomizedDelaySec=6h
Persistent=true
[Install]
WantedBy=timers.target
UNIT
  units federation-volumes.service federation-join-token.timer federation-certificates.timer \
    federation-backup.timer federation-backup-asked.path
}

control_plane_config() {
  kubeadm_config | kubeadm_file | sed -e "s|@ETCD_CLUSTER@|$etcd_cluster|" -e "s|@ETCD_STATE@|$etcd_state|" |
    keep "$config" 0600 || true
}

bootstrap() {
  step "metadata"
  identity
  step "runtime on the image"
  runtime
  people
  step "kernel settings"
  kernel
  step "pod network"
  pod_network
  step "units and volumes"
  own_units
  step "names"
  api_name "$node_ip"
  step "keys from SSM"
  retry 600 fetch_keys
  etcd_cluster=$ETCD_CLUSTER etcd_state=new
  control_plane_config
  phase certs all
  step "etcd's members"
  etcd_start
  control_plane_config
  phase kubeconfig all
  phase etcd local
  phase control-plane all
  phase kubelet-start
  step "waiting for the API"
  retry 300 answers
  retry 240 note_begun
  step "the node of this slot"
  retry 240 own_node
  phase upload-config all
  phase bootstrap-token
  # The rest can be done while workers join.
  step "token for workers"
  retry 240 publish_token
  step "marking the node"
  retry 240 mark
  phase addon kube-proxy
  phase addon coredns
  phase kubelet-finalize all
  step "done"
}

case ${1:-bootstrap} in
  bootstrap) bootstrap ;;
  volumes) volumes ;;
  masquerade) masquerade ;;
  peers) peers ;;
  token) retry 240 publish_token ;;
  renew) renew ;;
  backup) backup ;;
  asked) asked ;;
  *) echo "unknown: $1" && exit 2 ;;
esac
