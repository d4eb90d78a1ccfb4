# The pod network: a bridge per node from the range that the cluster gave it; between nodes the VPC's routes carry it.
pod_network() {
  local changed=no
  keep /etc/cni/federation.template <<'CNI' && changed=yes
{ "cniVersion": "1.0.0", "name": "pods", "plugins": [
  { "type": "bridge", "bridge": "cni0", "isGateway": true, "hairpinMode": true, "ipMasq": false,
    "ipam": { "type": "host-local", "routes": [{ "dst": "0.0.0.0/0" }],
      "ranges": [{{range $i, $range := .PodCIDRRanges}}{{if $i}}, {{end}}[{ "subnet": "{{$range}}" }]{{end}}] } },
  { "type": "portmap", "capabilities": { "portMappings": true } }
] }
CNI
  keep /etc/containerd/conf.d/50-federation.toml <<'TOML' && changed=yes
version = 3
[plugins.'io.containerd.cri.v1.runtime'.cni]
  bin_dirs = ['/opt/cni/bin']
  conf_dir = '/etc/cni/net.d'
  conf_template = '/etc/cni/federation.template'
TOML
  if [[ ! -s /etc/containerd/config.toml ]]; then
    pause=$(kubeadm config images list --kubernetes-version "$KUBERNETES" | grep /pause:)
    containerd config default |
      sed -e 's/SystemdCgroup = false/SystemdCgroup = true/' -e "s|^\( *sandbox = \).*|\1'$pause'|" |
      keep /etc/containerd/config.toml
  elif ! grep -q 'conf\.d/\*\.toml' /etc/containerd/config.toml; then
    if grep -q '^imports' /etc/containerd/config.toml; then
      echo "/etc/containerd/config.toml of the image has imports without /etc/containerd/conf.d/*.toml: add it"
      false
    fi
    sed -i "0,/^version/s|^version.*|&\nimports = ['/etc/containerd/conf.d/*.toml']|" /etc/containerd/config.toml
  fi
  if [[ $changed == yes ]]; then
    systemctl restart containerd
  else
    systemctl start containerd
  fi
  retry 60 test -S /run/containerd/containerd.sock
}

# masquerade [PEERS' PODS]: outside the member's own network and its peers' pods nobody can answer a pod's own address: it
# leaves with the node's. The VPC's resolver too is asked with the node's, since it may answer addresses of its VPC only.
masquerade() {
  nft -f - <<NFT
table ip federation
delete table ip federation
table ip federation {
  set inside {
    type ipv4_addr
    flags interval
    auto-merge
    elements = { $INSIDE${1:+, $1} }
  }
  chain postrouting {
    type nat hook postrouting priority 100; policy accept;
    ip saddr $PODS ip daddr { $RESOLVER, 169.254.169.253 } masquerade
    ip saddr $PODS ip daddr != @inside masquerade
  }
}
NFT
}
