# Sourced by tests/vm/criu: options that each allow or choose one thing.

case_file_locks() {
  bundle "exec 9>/data/lock; /usr/bin/flock -x 9; $counter"
  host_programs
  start locks
  flock -n "$base/data/lock" true && complain 'there is no lock'
  text=$(checkpoint locks) && complain 'a lock needs --file-locks'
  want_in "$text" 'criu failed: type DUMP'
  want checkpoint --file-locks locks
  want flock -n "$base/data/lock" true
  local before
  before=$(last)
  to_file restore --detach --file-locks locks
  eventually counted $((before + 2))
  want unbroken
  flock -n "$base/data/lock" true && complain 'the lock is gone'
  ends locks
}

# syslog(3) stays connected to a datagram socket of the host, which is bound by the name that the container knows. CRIU
# looks for the peer in the container's network namespace.
case_ext_unix_sk() {
  bundle 'ln -s /data/log /dev/log; exec 4>&1
    { i=0; while :; do i=$((i+1)); echo $i; echo message-$i >&3; sleep 0.2; done; } 3>&1 >&4 | logger'
  edit '.linux.namespaces |= map(select(.type != "network"))'
  local text before
  python3 -c 'import os, socket, sys
out = open(sys.argv[1] + "/messages", "ab", 0)
os.chroot(sys.argv[1])
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind("/data/log")
while True: out.write(listener.recv(4096) + b"\n")' "$base" &
  local listener=$!
  eventually test -S "$base/data/log"
  start unix
  eventually test -s "$base/messages"
  text=$(checkpoint unix) && complain 'a peer outside needs --ext-unix-sk'
  want_in "$text" 'criu failed: type DUMP'
  want checkpoint --ext-unix-sk unix
  : >"$base/messages"
  before=$(last)
  to_file restore --detach --ext-unix-sk unix
  eventually counted $((before + 2))
  eventually grep -q message- "$base/messages"
  ends unix
  kill "$listener"
}

# The program is told that its connection was closed, and goes on.
case_tcp_close() {
  bundle 'nc -ll -p 5000 -e cat & sleep 1; while :; do echo open; sleep 0.2; done | nc 127.0.0.1 5000
    while :; do echo closed; sleep 0.2; done'
  says() { [[ $(last) == "$1" ]]; }
  to_file rt run --detach --bundle "$base" closing
  eventually says open
  want checkpoint --tcp-established closing
  to_file restore --detach --tcp-close closing
  eventually says closed
  ends closing
}

case_network_lock() {
  local method before methods=(iptables nftables)
  [[ $(criu --version | sed -n 's/^Version: //p') < 4 ]] || methods+=(skip)
  bundle 'nc -ll -p 5000 -e cat & sleep 1
    { i=0; while :; do i=$((i+1)); echo $i; sleep 0.2; done; } | nc 127.0.0.1 5000'
  start lock
  for method in "${methods[@]}"; do
    want checkpoint --tcp-established --network-lock "$method" lock
    before=$(last)
    to_file restore --detach --tcp-established --network-lock "$method" lock
    eventually counted $((before + 2))
    want unbroken
  done
  ends lock
}

# Whatever CRIU saves of the cgroups, the container is in the one of its bundle, with that one's limits.
case_manage_cgroups() {
  local mode before flags group
  for mode in default soft full strict ignore; do
    flags=()
    [[ $mode == default ]] || flags=(--manage-cgroups-mode "$mode")
    bundle "$counter"
    edit '.linux.resources.pids.limit = 77'
    start "mode-$mode"
    group=$(find /sys/fs/cgroup -path "*/mode-$mode/pids.max" -printf '%h\n')
    want checkpoint "${flags[@]}" "mode-$mode"
    if [[ $mode == strict ]]; then
      mkdir "$group"
      want_in "$(restore --detach "${flags[@]}" "mode-$mode" 2>&1 </dev/null)" "cgroup $group exists"
      rmdir "$group"
    fi
    before=$(last)
    to_file restore --detach "${flags[@]}" "mode-$mode"
    eventually counted $((before + 2))
    want_in "$(</proc/"$(rt state "mode-$mode" | jq .pid)"/cgroup)" "/mode-$mode"
    [[ $(<"$group/pids.max") == 77 ]] || complain "$mode: no limit"
    want rt pause "mode-$mode"
    want rt resume "mode-$mode"
    ends "mode-$mode"
    echo "$mode works"
  done
}

case_empty_ns() {
  bundle "$counter"
  start empty
  want checkpoint --empty-ns network empty
  local before
  before=$(last)
  to_file restore --detach --empty-ns network empty
  eventually counted $((before + 2))
  want_in "$(rt exec empty ip addr show lo)" UP
  ends empty
}

# Files without a name have one again; those that have another one need --link-remap.
case_deleted_files() {
  bundle "echo text >/tmp/one; ln /tmp/one /tmp/two; exec 8</tmp/one; rm /tmp/one; $counter"
  mkdir "$base/rootfs/tmp"
  start gone
  text=$(checkpoint gone) && complain 'such a file needs --link-remap'
  want checkpoint --link-remap gone
  local before
  before=$(last)
  to_file restore --detach gone
  eventually counted $((before + 2))
  [[ $(rt exec gone cat /proc/1/fd/8) == text ]] || complain 'the file has another text'
  ends gone
}

# As an engine and a service manager call it.
case_old_flags() {
  bundle 'i=0; while [ ! -e /data/stop ]; do i=$((i+1)); echo $i; sleep 0.2; done; exit 7'
  start flags
  want checkpoint --leave-running flags
  ends flags
  to_file restore --no-pivot --detach -no-subreaper --pid-file "$base/pid" flags
  eventually is flags running
  ends flags
  (sleep 3; touch "$base/data/stop") &
  restore --no-subreaper flags </dev/null >>"$base/out"
  [[ $? == 7 ]] || complain 'another exit code than 7'
  nothing_left flags
}

# The socket that the program was given is there again; it was ready then, so nobody waits for a word.
case_notify_socket() {
  bundle "$counter"
  say_ready() {
    python3 -c 'import socket, sys
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"READY=1", sys.argv[1])' "$base/root/notify/notify/notify.sock"
  }
  python3 -c 'import socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1])
while True: print(listener.recv(100).decode(), flush=True)' "$base/manager" >"$base/said" 2>/dev/null &
  local manager=$! before
  eventually test -S "$base/manager"
  to_file env NOTIFY_SOCKET="$base/manager" "$runtime" --root "$base/root" run --detach --bundle "$base" notify
  eventually say_ready
  eventually grep -q READY=1 "$base/said"
  eventually counted 3
  want checkpoint notify
  before=$(last)
  to_file env NOTIFY_SOCKET="$base/manager" "$runtime" --root "$base/root" restore --detach --bundle "$base" \
    --image-path "$base/images" --work-path "$base/work" notify
  eventually counted $((before + 2))
  want rt exec notify ls /run/notify
  want checkpoint notify
  before=$(last)
  to_file restore --detach notify
  eventually counted $((before + 2))
  want unbroken
  ends notify
  kill "$manager"
}
