# Sourced by inside, last: many at once, and what is left.

test_case d_parallel 'six at once'
d_parallel() {
  local i pids=()
  for i in 1 2 3 4 5 6; do
    once -- echo "number $i" >"$base/parallel$i" 2>&1 &
    pids+=($!)
  done
  for i in "${pids[@]}"; do wait "$i"; done
  want_is "$(cat "$base"/parallel? | sort | tr '\n' ' ')" \
    'number 1 number 2 number 3 number 4 number 5 number 6 '
}

test_case d_nothing_left 'nothing is left: containers, state of the runtime, cgroups, mounts, zombies'
d_nothing_left() {
  want_output '' docker ps --all --quiet
  want_output '' find /run/docker/runtime-runc -mindepth 2
  want_output '' find /sys/fs/cgroup -type d -regex '.*/\(docker\|elsewhere\)/[0-9a-f]+'
  want_not_in "$(</proc/self/mountinfo)" /merged
  no_zombies() { ! grep -l '^State:.Z' /proc/[0-9]*/status; }
  eventually no_zombies
}
