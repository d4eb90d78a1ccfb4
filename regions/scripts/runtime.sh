# What the image lacks of the container runtime and Kubernetes, from its publishers' releases.
releases=https://github.com

# The sum that the config pins for a file, else the one its publisher lists: alone, or beside the file's name.
sum_of() {
  local name=$1 list=$2 file sum
  while read -r file sum; do
    [[ $file == "$name" ]] && echo "$sum" && return
  done <<<"$CHECKSUMS"
  awk -v name="$name" 'NF == 1 || $2 == name || $2 == "*" name { print $1; exit }' "$list"
}

# release URL LIST: downloads a file and its publisher's list of sums into the current directory, and compares.
release() {
  local name=${1##*/} sum
  retry 300 curl -sSfL -m 240 -o "$name" "$1"
  retry 300 curl -sSfL -m 60 -o "$name.sums" "$2"
  sum=$(sum_of "$name" "$name.sums")
  if ! sha256sum -c --status <<<"$sum  $name"; then
    echo "$1 has the checksum $(sha256sum <"$name" | cut -c1-64), not ${sum:-the one of $2, which names none}: not installing it"
    false
  fi
}

install_containerd() {
  local name=containerd-${CONTAINERD#v}-linux-amd64.tar.gz url=$releases/containerd/containerd/releases/download/$CONTAINERD
  release "$url/$name" "$url/$name.sha256sum"
  tar -xzf "$name" -C /usr/local
  unit containerd.service <<'UNIT'
[Unit]
Description=containerd container runtime
After=network.target local-fs.target
[Service]
Type=notify
ExecStart=/usr/local/bin/containerd
Delegate=yes
KillMode=process
Restart=always
RestartSec=5
TasksMax=infinity
[Install]
WantedBy=multi-user.target
UNIT
}

install_runc() {
  local url=$releases/opencontainers/runc/releases/download/$RUNC
  release "$url/runc.amd64" "$url/runc.sha256sum"
  install -m 0755 runc.amd64 /usr/local/sbin/runc
}

install_cni() {
  local name=cni-plugins-linux-amd64-$CNI_PLUGINS.tgz url=$releases/containernetworking/plugins/releases/download/$CNI_PLUGINS
  release "$url/$name" "$url/$name.sha256"
  mkdir -p /opt/cni/bin
  tar -xzf "$name" -C /opt/cni/bin
}

install_kubernetes() {
  local name url=https://dl.k8s.io/release/$KUBERNETES/bin/linux/amd64
  for name in kubelet kubeadm; do
    release "$url/$name" "$url/$name.sha256"
    install -m 0755 "$name" "$(command -v "$name" || echo "/usr/local/bin/$name")"
  done
  systemctl cat kubelet.service >/dev/null 2>&1 && return
  unit kubelet.service <<'UNIT'
[Unit]
Description=kubelet, the Kubernetes node agent
Wants=network-online.target
After=network-online.target containerd.service
StartLimitIntervalSec=0
[Service]
Environment="KUBEADM_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
EnvironmentFile=-/etc/default/kubelet
ExecStart=/usr/local/bin/kubelet $KUBEADM_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
KillMode=process
Restart=always
RestartSec=5
[Install]
WantedBy=multi-user.target
UNIT
}

# has PROGRAM...: whether the image brought them all.
has() {
  local name
  for name in "$@"; do
    command -v "$name" >/dev/null || return 1
  done
}

# Of Kubernetes the very release: an image with another one would run it in silence.
has_kubernetes() {
  has kubelet kubeadm && [[ $(kubelet --version) == "Kubernetes $KUBERNETES" && $(kubeadm version -o short) == "$KUBERNETES" ]]
}

runtime() {
  local PATH=$PATH:/opt/cni/bin
  has curl python3 nft || { echo "the image lacks one of curl, python3, nft: Ubuntu 24.04 has them"; false; }
  pushd "$(mktemp -d)" >/dev/null
  has containerd || install_containerd
  has runc || install_runc
  has bridge host-local loopback portmap || install_cni
  has_kubernetes || install_kubernetes
  rm -f -- *
  popd >/dev/null
  systemctl daemon-reload
}
