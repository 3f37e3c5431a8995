#!/bin/sh
# Three hosts on one machine: network namespaces with an address each, joined by a bridge that this machine has an address on too.
#   hosts.sh up NAME NET      makes NAME1..NAME3 with NET.1..NET.3; this machine is NET.254. NAME: at most 8 letters. NET: such as 10.77.5
#   hosts.sh cut NAME N       takes host N off the network; 'heal NAME N' puts it back
#   hosts.sh run NAME N COMMAND...    runs a command there, with the host's own name
#   hosts.sh down NAME        ends what runs there, and removes all
# Needs the right to make namespaces (root, or CAP_NET_ADMIN and CAP_SYS_ADMIN); exit code 77 where there is none.
set -eu
command=$1 name=$2
shift 2

case $command in
up)
    net=$1
    ip netns add "${name}1" 2>/dev/null || { echo "network namespaces are not permitted here" >&2; exit 77; }
    ip link add "${name}b" type bridge 2>/dev/null || { ip netns del "${name}1"; echo "bridges are not permitted here" >&2; exit 77; }
    ip addr add "$net.254/24" dev "${name}b"
    ip link set "${name}b" up
    for n in 1 2 3; do
        [ $n = 1 ] || ip netns add "$name$n"
        ip link add "${name}v$n" type veth peer name eth0 netns "$name$n"
        ip link set "${name}v$n" master "${name}b" up
        ip -n "$name$n" addr add "$net.$n/24" dev eth0
        ip -n "$name$n" link set eth0 up
        ip -n "$name$n" link set lo up
    done
    ;;
cut) ip link set "${name}v$1" down ;;
heal) ip link set "${name}v$1" up ;;
run)
    host=$name$1
    shift
    # One process from here to the command: what signals it gets, the command gets.
    exec ip netns exec "$host" unshare --uts sh -c 'hostname "$0"; exec "$@"' "$host" "$@"
    ;;
down)
    for n in 1 2 3; do
        ip netns pids "$name$n" 2>/dev/null | while read -r pid; do kill -9 "$pid" 2>/dev/null || true; done
        ip netns del "$name$n" 2>/dev/null || true
        ip link del "${name}v$n" 2>/dev/null || true
    done
    ip link del "${name}b" 2>/dev/null || true
    ;;
*)
    echo "up, cut, heal, run or down, not $command" >&2
    exit 2
    ;;
esac
