# A node of the control plane. Every one does the same: none comes first, and each step can be repeated.
config=/etc/kubernetes/federation.yaml
pki=/etc/kubernetes/pki
export KUBECONFIG=/etc/kubernetes/admin.conf

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
  local token hash
  read -r _ _ _ _ token _ hash <<<"$(kubeadm token create --ttl 24h --print-join-command)"
  [[ $hash == sha256:* ]] || { echo "kubeadm printed no CA hash"; return 1; }
  put_parameter "$JOIN_PARAMETER" "{\\\"token\\\":\\\"$token\\\",\\\"hash\\\":\\\"$hash\\\"}"
}

own_units() {
  backup_units
  room_units
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
    federation-room.timer federation-backup.timer federation-backup-asked.path
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
  room) room ;;
  masquerade) masquerade ;;
  peers) peers ;;
  token) retry 240 publish_token ;;
  renew) renew ;;
  backup) backup ;;
  asked) asked ;;
  *) echo "unknown: $1" && exit 2 ;;
esac
