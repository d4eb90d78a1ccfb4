# How a slot's etcd begins: with the data it has, as a new member of the others', from a snapshot, or founding the cluster.

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
