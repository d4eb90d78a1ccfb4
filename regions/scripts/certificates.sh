# Certificates that kubeadm signed, renewed before they end.

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
