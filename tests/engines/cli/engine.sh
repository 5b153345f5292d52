# Sourced by an engine with docker's command line. It has said what the command is (cli_command), and
# with which flags its rm ends a running container at once (force).

cli() { timeout 60 "${cli_command[@]}" "$@"; }
# run [flags of run...] -- command...
run() {
  local flags=()
  while [[ $1 != -- ]]; do flags+=("$1"); shift; done
  shift
  cli run --network none "${flags[@]}" "$image" "$@"
}
once() { run --rm "$@"; }
# A container in the background that ends with 5 at SIGTERM; pid 1 ignores signals otherwise.
waiter='trap "exit 5" TERM; echo ready > /tmp/ready; while :; do sleep 0.1; done'
background() { # name [flags...]
  local name=$1
  shift
  capture run --detach --name "$name" "$@" -- sh -c "$waiter"
  want_rc 0
  want_is "$err" ''
  eventually cli exec "$name" test -e /tmp/ready
}
inspect() { cli inspect --format "$2" "$1"; } # name template
state() { inspect "$1" '{{.State.Status}}'; }
state_is() { [[ $(state "$1") == "$2" ]]; }
init_pid() { inspect "$1" '{{.State.Pid}}'; }
need_controller() {
  [[ $view == v1 ]] || grep -qw "$1" /sys/fs/cgroup/cgroup.controllers ||
    skip "this view of cgroup v2 has no $1 controller"
}
