# Pods of the members that this one peers with. A peering connection carries only what addresses of the two VPCs say to each
# other, and pods' are none of them: so a node wraps a pod's packet (VXLAN) and sends it to a control-plane slot of the other
# member, whose VPC knows the way to the pod.
link=peers

# hardware_address ADDRESS: what a slot is called inside the overlay; everyone derives it, nobody has to ask.
hardware_address() {
  printf '02:64:%02x:%02x:%02x:%02x' ${1//./ }
}

# peers_link PEERS: the overlay from nothing. On its way through a slot a connection is seen in one direction only, which
# connection tracking takes for invalid and kube-proxy drops: it is not tracked where it only passes. What comes wrapped comes
# from a peer's node, and holds what a peer's pod says to one of ours; no pod wraps anything itself.
peers_link() {
  local own pods slots slot
  masquerade "$(cut -d' ' -f1 <<<"$1" | paste -sd,)"
  ip link delete "$link" 2>/dev/null || true
  nft "table ip federation-peers; delete table ip federation-peers"
  [[ -n $1 ]] || return 0
  own=$(ip -4 route get "$RESOLVER" | sed -n 's/.* src \([0-9.]*\).*/\1/p')
  # 1450 inside is 1500 outside: what every peering connection carries.
  ip link add "$link" mtu 1450 address "$(hardware_address "$own")" type vxlan id 64 local "$own" \
    dstport "$OVERLAY_PORT" nolearning
  while read -r pods _ slots; do
    for slot in ${slots//,/ }; do
      bridge fdb append "$(hardware_address "$slot")" dev "$link" dst "$slot"
      ip neigh replace "$slot" lladdr "$(hardware_address "$slot")" dev "$link" nud permanent
    done
  done <<<"$1"
  nft -f - <<NFT
table ip federation-peers {
  set vpcs {
    type ipv4_addr
    flags interval
    elements = { $(cut -d' ' -f2 <<<"$1" | paste -sd,) }
  }
  chain arriving {
    type filter hook prerouting priority raw; policy accept;
    udp dport $OVERLAY_PORT ip saddr $PODS ip daddr @vpcs drop
    udp dport $OVERLAY_PORT fib daddr type local ip saddr != @vpcs drop
    udp dport $OVERLAY_PORT fib daddr type local notrack
    iifname "$link" ip saddr != { $(cut -d' ' -f1 <<<"$1" | paste -sd,) } drop
    iifname "$link" ip daddr != $PODS drop
    iifname "$link" fib daddr type != local fib daddr oifname != "cni0" notrack
  }
  chain leaving {
    type filter hook output priority raw; policy accept;
    udp dport $OVERLAY_PORT ip daddr @vpcs notrack
  }
}
NFT
  # Answers come from a slot of our own, not from where the question went.
  echo 2 >/proc/sys/net/ipv4/conf/all/rp_filter
  ip link set "$link" up
}

# peers_routes PEERS: through those slots that answer, or all of them if none does. The node itself speaks as its pods' bridge:
# its own address would find no way back.
peers_routes() {
  local pods slots slot source
  # Without a pod there is no bridge yet.
  source=$(ip -4 -o address show dev cni0 2>/dev/null | sed -n 's/.* inet \([0-9.]*\).*/\1/p') || source=
  while read -r pods _ slots; do
    local there=() all=()
    for slot in ${slots//,/ }; do
      all+=(nexthop via "$slot" dev "$link" onlink)
      ! ping -q -n -c 1 -W 1 "$slot" >/dev/null || there+=(nexthop via "$slot" dev "$link" onlink)
    done
    [[ ${#there[@]} -gt 0 ]] || there=("${all[@]}")
    ip route replace "$pods" ${source:+src "$source"} "${there[@]}"
  done <<<"$1"
}

peers() {
  local now state=/run/federation-peers
  trap - ERR
  rm -f "$log"
  now=$(parameter "$PEERS_PARAMETER")
  [[ $now != none ]] || now=
  if [[ $now != "$(cat "$state" 2>/dev/null)" ]] || { [[ -n $now ]] && ! ip link show "$link" >/dev/null 2>&1; }; then
    rm -f "$state"
    peers_link "$now"
    echo "peers: ${now:-none}"
    echo "$now" >"$state"
  fi
  [[ -z $now ]] || peers_routes "$now"
  unmarked
}

peers_units() {
  unit federation-peers.service <<UNIT
[Unit]
Description=The way to pods of the members that this one peers with
[Service]
Type=oneshot
TimeoutStartSec=2min
ExecStart=$here peers
UNIT
  unit federation-peers.timer <<UNIT
[Unit]
Description=Peers anew, every minute
[Timer]
OnActiveSec=30s
OnUnitActiveSec=1min
AccuracySec=5s
[Install]
WantedBy=timers.target
UNIT
}
