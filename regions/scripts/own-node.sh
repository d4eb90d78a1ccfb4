# The Node object of a control-plane slot: this instance's own, and not the one of an instance that sat there before.

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
