# A worker: joins with the token that the control plane leaves for it, whenever that comes to be.
config=/etc/kubernetes/federation.yaml

fetch_token() {
  local answer
  answer=$(parameter "$JOIN_PARAMETER") || return 1
  python3 -c '
import json, sys
join = json.load(sys.stdin)
if "token" not in join:
    sys.exit("the control plane has left no token yet")
text = sys.argv[1].replace("@TOKEN@", join["token"]).replace("@CA_HASH@", join["hash"])
print(text)
' "$(kubeadm_config | kubeadm_file)" <<<"$answer" >"$config.new" || return 1
  install -m 0600 "$config.new" "$config"
}

# A token that ended meanwhile is fetched anew by the next attempt.
join() {
  (umask 077 && fetch_token) || return 1
  rm -f "$config.new"
  kubeadm join --config "$config" --skip-phases=preflight
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
  step "units"
  units
  step "names"
  read -ra slots <<<"$SLOTS"
  api_name "${slots[@]}"
  mkdir -p /etc/kubernetes
  step "joining"
  retry 1800 join
  rm -f "$config"
  step "done"
}

case ${1:-bootstrap} in
  bootstrap) bootstrap ;;
  masquerade) masquerade ;;
  peers) peers ;;
  *) echo "unknown: $1" && exit 2 ;;
esac
