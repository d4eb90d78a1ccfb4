# Shared by every node. Needs what Ubuntu 24.04 brings: bash 5, curl 7.76 or newer, python3 (JSON), nft, systemd.
set -Eeuo pipefail
shopt -s inherit_errexit

here=/usr/local/sbin/federation-node
metadata=http://169.254.169.254/latest
log=$(mktemp)
current=start
trap 'failed "$?" "$LINENO" "$BASH_COMMAND"' ERR

# Every line is marked, so that it can be told apart on the console, which is all that is left of a node nobody reaches.
exec > >(sed -u "s/^/federation[$ROLE]: /") 2>&1
marker=$!

step() {
  current=$*
  echo "+${SECONDS}s $current"
}

failed() {
  trap - ERR
  echo "FAILED in step '$current': exit $1 at line $2: $3"
  tail -n 20 "$log"
  journalctl --no-pager -q -o cat -n 15 -u containerd -u kubelet || true
  for file in /var/log/pods/kube-system_{etcd,kube-apiserver}-*/*/*.log; do
    [[ -f $file ]] && echo "$file:" && tail -n 8 "$file"
  done
  [[ -z ${hint-} ]] || echo "$hint"
  echo "FAILED in step '$current': see above; run $here again after mending it"
  sleep 1
  exit 1
}

# retry SECONDS COMMAND...: until it succeeds; what the last attempts said is shown when time is up.
retry() {
  local limit=$1 deadline=$((SECONDS + $1)) pause=1 code
  shift
  until "$@" >"$log" 2>&1; do
    code=$?
    ((SECONDS < deadline)) || failed "$code" "${BASH_LINENO[0]}" "$* (tried for $limit s)"
    sleep "$pause"
    pause=$((pause < 3 ? pause + 1 : 3))
  done
}

# keep FILE: writes standard input there; true when that changed it.
keep() {
  local new
  new=$(mktemp)
  cat >"$new"
  if cmp -s "$new" "$1"; then
    rm -f "$new"
    return 1
  fi
  mkdir -p "$(dirname "$1")"
  install -m "${2:-0644}" "$new" "$1"
  rm -f "$new"
}

# What is secret reaches curl by standard input: arguments can be read by every process of the machine.
metadata_token() {
  imds_token=$(curl -sSf -m 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 600' "$metadata/api/token")
}

imds() {
  printf 'header = "X-aws-ec2-metadata-token: %s"\n' "$imds_token" | curl -sSf -m 5 -K - "$metadata/$1"
}

identity() {
  retry 120 metadata_token
  metadata_token
  node_ip=$(imds meta-data/local-ipv4)
  node_name=$(imds meta-data/local-hostname)
  node_name=${node_name%% *}
  instance_id=$(imds meta-data/instance-id)
  provider_id=aws:///$(imds meta-data/placement/availability-zone)/$instance_id
}

# as_role SERVICE CURL-ARGUMENTS...: one call with the credentials of the instance's role. Standard input is its body; the
# answer, or AWS's reason, goes to standard output.
as_role() {
  local service=$1 role credentials
  shift
  metadata_token
  role=$(imds meta-data/iam/security-credentials/)
  credentials=$(imds "meta-data/iam/security-credentials/$role" | tr -d '\n')
  { printf '%s\n' "$credentials"; cat; } | python3 -c '
import json, sys
role, body = json.loads(sys.stdin.readline()), sys.stdin.read().strip()
for key, value in (
    ("user", role["AccessKeyId"] + ":" + role["SecretAccessKey"]),
    ("header", "X-Amz-Security-Token: " + role["Token"]),
    ("data", body),
):
    if value:
        print(key, "=", json.dumps(value))
' | curl -sS --fail-with-body -K - --aws-sigv4 "aws:amz:$REGION:$service" "$@"
}

# ssm ACTION BODY
ssm() {
  as_role ssm -m 20 -H "X-Amz-Target: AmazonSSM.$1" -H 'Content-Type: application/x-amz-json-1.1' \
    "https://ssm.$REGION.amazonaws.com/" <<<"$2"
}

# parameter NAME: its value.
parameter() {
  local answer
  answer=$(ssm GetParameter "{\"Name\":\"$1\",\"WithDecryption\":true}") || { echo "SSM: $answer" >&2; return 1; }
  python3 -c 'import json, sys; print(json.load(sys.stdin)["Parameter"]["Value"])' <<<"$answer"
}

# put_parameter NAME VALUE: the value as it stands between the quotes of a JSON text.
put_parameter() {
  local answer
  answer=$(ssm PutParameter "{\"Name\":\"$1\",\"Type\":\"SecureString\",\"Overwrite\":true,\"Value\":\"$2\"}") ||
    { echo "SSM: $answer"; return 1; }
}

# unmarked: ends the marking of lines. systemd may miss the end of what outlives a unit's main process, and call the run a
# failure; and a unit that has ended is cleared of all others, so the last lines have to be out by then.
unmarked() {
  exec >&- 2>&-
  wait "$marker"
}

# Whoever holds the key comes in as the image's first user.
people() {
  local home
  [[ -n $SSH_KEY ]] || return 0
  home=$(getent passwd 1000 | cut -d: -f6 || true)
  [[ -n $home ]] || { echo "the image has no user 1000 to whom the key of access.sshKey could be given"; false; }
  install -d -m 0700 -o 1000 -g 1000 "$home/.ssh"
  grep -qxF "$SSH_KEY" "$home/.ssh/authorized_keys" 2>/dev/null || echo "$SSH_KEY" >>"$home/.ssh/authorized_keys"
  chown 1000:1000 "$home/.ssh/authorized_keys"
  chmod 0600 "$home/.ssh/authorized_keys"
}

kernel() {
  local setting
  [[ -e /proc/sys/net/bridge ]] || modprobe br_netfilter
  grep -qw overlay /proc/filesystems || modprobe overlay
  keep /etc/modules-load.d/federation.conf <<<$'br_netfilter\noverlay' || true
  keep /etc/sysctl.d/90-federation.conf <<<$'net.ipv4.ip_forward = 1\nnet.bridge.bridge-nf-call-iptables = 1' || true
  for setting in net/ipv4/ip_forward net/bridge/bridge-nf-call-iptables; do
    [[ $(<"/proc/sys/$setting") == 1 ]] || echo 1 >"/proc/sys/$setting"
  done
}

api_name() {
  local address
  { sed "/ $API_NAME\$/d" /etc/hosts; for address in "$@"; do echo "$address $API_NAME"; done; } | keep /etc/hosts || true
}

unit() {
  keep "/etc/systemd/system/$1" || true
}

# The node's own program, and what of it runs at every start: for systemd, reading its units anew is slow, so all at once.
units() {
  [[ $0 == "$here" ]] || install -m 0700 "$0" "$here"
  unit federation-masquerade.service <<UNIT
[Unit]
Description=Pods leave the members' networks with their node's address
Before=kubelet.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=$here masquerade
[Install]
WantedBy=multi-user.target
UNIT
  peers_units
  set -- federation-masquerade.service federation-peers.timer "$@"
  systemctl enable -q containerd.service kubelet.service "$@"
  systemctl start "$@"
}

# A config with the node's own name and address in place of their marks.
kubeadm_file() {
  sed -e "s/@NODE_NAME@/$node_name/g" -e "s/@NODE_IP@/$node_ip/g" -e "s|@PROVIDER_ID@|$provider_id|g"
}
