# A node of the control plane. Every one does the same: none comes first, and each step can be repeated.
config=/etc/kubernetes/federation.yaml
export KUBECONFIG=/etc/kubernetes/admin.conf

# The volume's stable name where it is an NVMe device, else the name it was attached by.
device_of() {
  local name
  for name in "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${1//-/}" "/dev/xvd${2: -1}" "$2"; do
    if [[ -b $name ]]; then
      echo "$name"
      return
    fi
  done
  echo "volume $1 is not attached yet"
  return 1
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

phase() {
  step "kubeadm init phase $*"
  retry 240 kubeadm init phase "$@" --config "$config"
}

answers() {
  curl -sSf -m 5 --cacert /etc/kubernetes/pki/ca.crt "https://$API_NAME:6443/readyz"
}

# What workers join with: a token of 24 hours, renewed long before it ends.
publish_token() {
  local token hash answer
  read -r _ _ _ _ token _ hash <<<"$(kubeadm token create --ttl 24h --print-join-command)"
  [[ $hash == sha256:* ]] || { echo "kubeadm printed no CA hash"; return 1; }
  answer=$(ssm PutParameter "{\"Name\":\"$JOIN_PARAMETER\",\"Type\":\"SecureString\",\"Overwrite\":true,\"Value\":\"{\\\"token\\\":\\\"$token\\\",\\\"hash\\\":\\\"$hash\\\"}\"}") ||
    { echo "SSM: $answer"; return 1; }
}

own_units() {
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
  units federation-volumes.service federation-join-token.timer
}

bootstrap() {
  step "metadata"
  identity
  step "runtime on the image"
  runtime
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
  kubeadm_config | kubeadm_file | keep "$config" 0600 || true
  phase certs all
  phase kubeconfig all
  phase etcd local
  phase control-plane all
  phase kubelet-start
  step "waiting for the API"
  retry 300 answers
  phase upload-config all
  phase bootstrap-token
  # The rest can be done while workers join.
  step "token for workers"
  retry 240 publish_token
  phase mark-control-plane
  phase addon kube-proxy
  phase addon coredns
  phase kubelet-finalize all
  step "done"
}

case ${1:-bootstrap} in
  bootstrap) bootstrap ;;
  volumes) volumes ;;
  masquerade) masquerade ;;
  token) retry 240 publish_token ;;
  *) echo "unknown: $1" && exit 2 ;;
esac
