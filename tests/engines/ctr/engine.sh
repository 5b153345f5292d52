# Sourced by inside: containerd, driven by ctr with --runc-binary.

engine_parts=(run task terminal watch checkpoint cri end swap)

ctr() { timeout 60 ctr --address /run/containerd/containerd.sock "$@"; }
# run [flags of ctr run...] -- id command...
run() {
  local flags=()
  while [[ $1 != -- ]]; do flags+=("$1"); shift; done
  shift
  ctr run --runc-binary "$runtime" "${flags[@]}" "$image" "$@"
}
once() { # the same, removed at its end
  run --rm "$@"
}
ctr_command=(ctr --address /run/containerd/containerd.sock)
tty_run() { # id command...
  with_tty "${ctr_command[@]}" run --runc-binary "$runtime" --rm --tty "$image" "$@"
}
tty_exec() { # exec-id container command...
  with_tty "${ctr_command[@]}" task exec --tty --exec-id "$@"
}
# A container in the background that ends with 5 at SIGTERM; pid 1 ignores signals otherwise.
waiter='trap "exit 5" TERM; echo ready > /tmp/ready; while :; do sleep 0.1; done'
background() { # [flags... --] id
  local flags=()
  while (($# > 1)); do
    [[ $1 == -- ]] || flags+=("$1")
    shift
  done
  capture run --detach "${flags[@]}" -- "$1" sh -c "$waiter"
  want_rc 0
  want_is "$out$err" ''
  eventually ctr task exec --exec-id "ready-$1" "$1" test -e /tmp/ready
}
status() { ctr task ls | awk -v id="$1" '$1 == id { print $3 }'; }
status_is() { [[ $(status "$1") == "$2" ]]; }
init_pid() { ctr task ls | awk -v id="$1" '$1 == id { print $2 }'; }
remove() { # id: kill, rm of the task, rm of the container
  ctr task kill --signal KILL "$1" || return 1
  eventually status_is "$1" STOPPED
  ctr task rm "$1" || :
  ctr container rm "$1"
}
ended_with() { # exit-code id: removes the task
  capture ctr task rm "$2"
  want_in "$err" "exit with non-zero exit code $1\""
}
cgroup_file() { # controller id file
  cat "/sys/fs/cgroup/$1/default/$2/$3"
}
need_v1() { [[ $view == v1 ]] || skip "the limit's file is looked up on cgroup v1"; }

engine_start() {
  mkdir -p "$base/root" /run/containerd
  # The other cases need no CRI, which only crictl can drive.
  local no_cri=''
  type -P crictl >/dev/null || no_cri='"io.containerd.grpc.v1.cri", '
  cat >"$base/config.toml" <<TOML
version = 2
root = "$base/root"
state = "/run/containerd/state"
oom_score = 0
disabled_plugins = [$no_cri"io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.aufs", "io.containerd.internal.v1.opt"]
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "$image"
restrict_oom_score_adj = true
disable_apparmor = true
[plugins."io.containerd.grpc.v1.cri".containerd]
default_runtime_name = "probe"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.probe]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.probe.options]
BinaryName = "$runtime"
[plugins."io.containerd.internal.v1.restart"]
interval = "1s"
[grpc]
address = "/run/containerd/containerd.sock"
TOML
  mkdir -p "$base/bin"
  ln -s "$runtime" "$base/bin/runc"
  PATH=$base/bin:$PATH containerd --config "$base/config.toml" >"$base/containerd.log" 2>&1 &
  containerd=$!
  local try
  for try in {1..100}; do
    if ctr version >/dev/null 2>&1; then return 0; fi
    sleep 0.1
  done
  tail -n 20 "$base/containerd.log" >&2
  return 1
}

engine_reset() {
  local id
  for id in $(ctr task ls -q); do ctr task rm --force "$id"; done
  for id in $(ctr container ls -q); do ctr container rm "$id"; done
}

engine_stop() {
  kill "$containerd"
  wait "$containerd" 2>/dev/null
}


