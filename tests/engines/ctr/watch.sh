# Sourced by inside: what containerd watches: events, lack of memory, containers to be restarted.

test_case ctr_events 'events of a life, and of a lack of memory'
ctr_events() {
  need_v1
  (exec "${ctr_command[@]}" events) >"$base/events" &
  local job=$!
  sleep 0.3
  capture once --memory-limit 33554432 -- c-events sh -c 'tail /dev/zero; sleep 0.3; exit 3'
  want_rc 3
  life_is_told() {
    [[ $(grep -oE '/tasks/(create|start|oom|exit|delete)' "$base/events" | sort | uniq | wc -l) == 5 ]]
  }
  eventually life_is_told
  kill "$job"
}

test_case ctr_restart 'restart monitor: a killed task comes back'
ctr_restart() {
  background --label containerd.io/restart.status=running -- c-restart
  local before
  before=$(init_pid c-restart)
  ctr task kill --signal KILL c-restart
  is_back() { status_is c-restart RUNNING && [[ $(init_pid c-restart) != "$before" ]]; }
  eventually is_back
  ctr container label c-restart containerd.io/restart.status=stopped
  eventually status_is c-restart ''
  ctr container rm c-restart
}

test_case ctr_privileged 'run --privileged'
ctr_privileged() {
  capture once --privileged -- c-privileged sh -c \
    'mount -t tmpfs tmpfs /tmp && touch /dev/kmsg && grep -E "^(Seccomp|CapEff):" /proc/self/status'
  want_rc 0
  want_in "$out" $'Seccomp:\t0'
  want_in "$out" "$(grep ^CapEff: /proc/self/status)"
}

test_case ctr_cgroup 'run --cgroup'
ctr_cgroup() {
  want_output /some/where once --cgroup /some/where -- c-cgroup \
    sh -c 'grep -E ":(pids|):" /proc/self/cgroup | head -n 1 | cut -d: -f3'
}
