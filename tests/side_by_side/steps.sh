# Sourced by inside: the words of the lines in `cases`. A line runs in a directory with `bundle`;
# the state root is `root`.

skip() { echo "$*"; exit 77; }

# The runtime with our state root, and without any option.
rt() { timeout --foreground -k 1 20 runc --root "$box/root" "$@"; }
bare() { timeout --foreground -k 1 20 runc "$@"; }

# Changes the bundle's configuration.
edit() { # jq-filter
  jq "$1" bundle/config.json >config.new && [[ -s config.new ]] && mv config.new bundle/config.json
}
args() { # word...
  jq '.process.args = $ARGS.positional' bundle/config.json --args -- "$@" >config.new &&
    [[ -s config.new ]] && mv config.new bundle/config.json
}

status() { rt state "${1:-box}" 2>/dev/null | jq -r .status; }
await() { # status [id]
  local try
  for try in {1..200}; do
    [[ $(status "${2:-box}") != "$1" ]] || return 0
    sleep 0.02
  done
  echo "never became $1"
  return 1
}

# Profiles side-NAME that allow everything, where there is AppArmor; the guest of tests/vm has it.
apparmor() { # name...
  grep -qs Y /sys/module/apparmor/parameters/enabled || skip "there is no AppArmor"
  [[ -x /sbin/apparmor_parser ]] || skip "there is no apparmor_parser"
  local name
  for name; do
    echo "profile side-$name flags=(attach_disconnected,mediate_deleted) {
      file, capability, network, mount, umount, signal, ptrace, unix, }"
  done | /sbin/apparmor_parser --replace --skip-cache
}
selinux() { [[ -e /sys/fs/selinux/enforce ]] || skip "there is no SELinux"; }

# A container in that state, which needs no attention.
created() { # [id]
  edit ".linux.cgroupsPath = \"/$GROUP/${1:-box}\""
  rt create -b bundle "${1:-box}" </dev/null >/dev/null 2>&1
}
# runc's start returns before its init has executed the program.
running() { created "${1:-box}" && rt start "${1:-box}" && executed "${1:-box}"; }
executed() { # id
  local try
  for try in {1..200}; do
    [[ $(ps -o args= -p "$(rt state "$1" | jq -r .pid)") == *init ]] || return 0
    sleep 0.01
  done
}
paused() { running "${1:-box}" && rt pause "${1:-box}"; }
stopped() { running "${1:-box}" && rt kill "${1:-box}" KILL && await stopped "${1:-box}"; }

# Prints the exit codes as well, where a line has several calls.
code() {
  "$@"
  echo "code $?"
}

# What is set in the container's cgroups, whatever the hierarchy.
cgroup_values() { # id
  local name
  for name in cpu.cfs_period_us cpu.cfs_quota_us cpu.max cpu.shares cpu.weight cpuset.cpus freezer.state \
    memory.high memory.limit_in_bytes memory.low memory.max memory.memsw.limit_in_bytes \
    memory.oom_control memory.soft_limit_in_bytes memory.swap.max pids.max; do
    cat /sys/fs/cgroup/{.,*}/"$group/$1/$name" 2>/dev/null | sed "s/^/$name /"
  done
}

# A terminal of its own, with the exit code of the command. Its stdin must stay open: at an end of
# file script(1) would type one into the terminal.
with_tty() {
  [[ -p silence ]] || mkfifo silence
  script -qec "$(printf '%q ' "$@")" /dev/null <>silence
}

# Waits in the background for one message with descriptors on the socket; received tells of it. The
# descriptors stay open until the end of the line.
receiving() { # socket
  python3 "$here/receive.py" "$1" >received &
  local try
  for try in {1..200}; do
    [[ ! -S $1 ]] || return 0
    sleep 0.02
  done
  return 1
}
received() {
  local try
  for try in {1..250}; do
    ! grep -q "^then" received || break
    sleep 0.02
  done
  cat received
}

# A service manager, and a program of the container "box" that talks to it: from outside, for it is
# the socket that counts.
managed() { NOTIFY_SOCKET=$box/manager "$@"; }
managing() {
  python3 "$here/manager.py" manager >told &
  manager=$!
  local try
  for try in {1..200}; do
    [[ ! -S manager ]] || return 0
    sleep 0.02
  done
  return 1
}
says() { # message...
  python3 - "root/box/notify/notify.sock" "$@" <<'END'
import socket, sys, time
words = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
for attempt in range(200):
    try:
        words.connect(sys.argv[1])
        break
    except OSError:
        time.sleep(0.02)
for word in sys.argv[2:]:
    words.send(word.encode().decode("unicode_escape").encode())
END
}
told() {
  wait "$manager"
  cat told
}

# Without rights, and with a state root of its own.
without_rights() {
  mkdir -p user
  chown 1000:1000 user
  setpriv --reuid 1000 --regid 1000 --clear-groups timeout --foreground -k 1 20 runc --root "$box/user" "$@"
}
