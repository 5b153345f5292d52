# Sourced by tests/vm/criu: namespaces, profiles and labels that are not the container's own.

join() { path=$2 type=$1 edit '.linux.namespaces |= map(if .type == env.type then .path = env.path else . end)'; }
namespace_of() { readlink "/proc/$(rt state "$1" | jq .pid)/ns/$2"; }

case_network_by_path() {
  local name before
  for name in criu-one criu-two; do
    ip netns add "$name"
    ip -n "$name" link set lo up
    ip -n "$name" addr add "10.9.9.${#name}/32" dev lo
  done
  trap 'ip netns del criu-one; ip netns del criu-two' EXIT
  bundle "$counter"
  join network /run/netns/criu-one
  start net
  want checkpoint net
  before=$(last)
  to_file restore --detach net
  eventually counted $((before + 2))
  [[ $(namespace_of net net) == "net:[$(stat -Lc %i /run/netns/criu-one)]" ]] || complain 'another namespace'
  want checkpoint net
  # The bundle says which one it is.
  join network /run/netns/criu-two
  before=$(last)
  to_file restore --detach net
  eventually counted $((before + 2))
  [[ $(namespace_of net net) == "net:[$(stat -Lc %i /run/netns/criu-two)]" ]] || complain 'not the second one'
  want_in "$(rt exec net ip addr show lo)" 10.9.9.
  want unbroken
  ends net
}

# As in a pod: the namespaces are those of another container.
case_pod() {
  local type before holder
  bundle "$counter"
  mkdir -p "$base/holder/data"
  cp "$base/config.json" "$base/member.json"
  edit '.process.args = ["/bin/sleep", "1000"] | .root.path = "'"$base"'/rootfs" | .hostname = "pod"'
  cp "$base/config.json" "$base/holder/"
  rt run --detach --bundle "$base/holder" holder </dev/null >/dev/null 2>&1 || complain 'no holder'
  holder=/proc/$(rt state holder | jq .pid)/ns
  mv "$base/member.json" "$base/config.json"
  edit 'del(.hostname)'
  join network "$holder/net"
  join ipc "$holder/ipc"
  join uts "$holder/uts"
  start member
  want checkpoint member
  before=$(last)
  to_file restore --detach member
  eventually counted $((before + 2))
  for type in net ipc uts; do
    [[ $(namespace_of member $type) == "$(readlink "$holder/$type")" ]] || complain "another $type namespace"
  done
  [[ $(rt exec member cat /proc/sys/kernel/hostname) == pod ]] || complain 'another host name'
  ends member
  want rt delete --force holder
}

case_pid_by_path() {
  bundle "$counter"
  # Its first process must reap: CRIU wants the same pids again.
  unshare --pid --fork --kill-child python3 -c 'import signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while True: signal.pause()' &
  local maker=$! holder before
  eventually pgrep -P "$maker"
  holder=$(pgrep -P "$maker")
  join pid "/proc/$holder/ns/pid"
  start pids
  want checkpoint pids
  before=$(last)
  to_file restore --detach pids
  eventually counted $((before + 2))
  [[ $(namespace_of pids pid) == "$(readlink "/proc/$holder/ns/pid")" ]] || complain 'another namespace'
  ends pids
  kill "$maker"
}

need_apparmor() {
  grep -q Y /sys/module/apparmor/parameters/enabled 2>/dev/null && [[ -d /sys/kernel/security/apparmor ]] ||
    { echo 'SKIPPED: there is no AppArmor'; exit 77; }
}
profile() { # verb name
  echo "profile $2 flags=(attach_disconnected,mediate_deleted) { file, capability, network, mount, umount, signal, ptrace, unix, }" |
    apparmor_parser "$1" --skip-cache
}
confinement() { cat "/proc/$(rt state "$1" | jq .pid)/attr/current"; }

case_apparmor_profile() {
  need_apparmor
  want profile --replace criu-old
  want profile --replace criu-new
  trap 'profile --remove criu-old; profile --remove criu-new' EXIT
  bundle "$counter"
  edit '.process.apparmorProfile = "criu-old"'
  start armor
  want checkpoint armor
  local before
  before=$(last)
  to_file restore --detach armor
  eventually counted $((before + 2))
  [[ $(confinement armor) == 'criu-old (enforce)' ]] || complain "profile: $(confinement armor)"
  want checkpoint armor
  before=$(last)
  to_file restore --detach --lsm-profile apparmor:criu-new armor
  eventually counted $((before + 2))
  [[ $(confinement armor) == 'criu-new (enforce)' ]] || complain "profile: $(confinement armor)"
  want unbroken
  ends armor
}

case_selinux_context() {
  [[ -e /sys/fs/selinux/enforce ]] || { echo 'SKIPPED: there is no SELinux'; exit 77; }
  bundle "$counter"
  local old=system_u:object_r:tmp_t:s0 new=system_u:object_r:var_t:s0 before
  old=$old edit '.linux.mountLabel = env.old'
  start labels
  context() { findmnt -N "$(rt state labels | jq .pid)" -no OPTIONS /dev; }
  want_in "$(context)" "$old"
  want checkpoint labels
  before=$(last)
  to_file restore --detach --lsm-mount-context "$new" labels
  eventually counted $((before + 2))
  want_in "$(context)" "$new"
  want unbroken
  ends labels
}
