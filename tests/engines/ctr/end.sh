# Sourced by inside, last: many at once, and what is left.

test_case ctr_parallel 'six at once'
ctr_parallel() {
  local i pids=()
  for i in 1 2 3 4 5 6; do
    once -- "c-parallel$i" echo "number $i" >"$base/parallel$i" 2>&1 &
    pids+=($!)
  done
  for i in "${pids[@]}"; do wait "$i"; done
  want_is "$(cat "$base"/parallel? | sort | tr '\n' ' ')" \
    'number 1 number 2 number 3 number 4 number 5 number 6 '
}

test_case ctr_nothing_left 'nothing is left: tasks, state of the runtime, cgroups, mounts, zombies'
ctr_nothing_left() {
  want_output '' ctr task ls -q
  want_output '' find /run/containerd/runc -mindepth 2
  want_output '' find /run/containerd/state/io.containerd.runtime.v2.task -mindepth 2
  want_output '' find /sys/fs/cgroup -mindepth 2 -path '*/default/*' -type d
  want_not_in "$(grep ' /run/containerd/' /proc/self/mountinfo)" /rootfs
  no_zombies() { ! grep -l '^State:.Z' /proc/[0-9]*/status; }
  eventually no_zombies
}
