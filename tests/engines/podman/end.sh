# Sourced by inside, last: many at once, and what is left.

test_case p_parallel 'six at once'
p_parallel() {
  local i pids=()
  for i in 1 2 3 4 5 6; do
    once -- echo "number $i" >"$base/parallel$i" 2>&1 &
    pids+=($!)
  done
  for i in "${pids[@]}"; do wait "$i"; done
  want_is "$(cat "$base"/parallel? | sort | tr '\n' ' ')" \
    'number 1 number 2 number 3 number 4 number 5 number 6 '
}

test_case p_nothing_left 'nothing is left: containers, cgroups, mounts, zombies'
p_nothing_left() {
  want_output '' podman ps --all --quiet
  want_output '' find /sys/fs/cgroup -type d -path '*libpod_parent/libpod-*'
  want_not_in "$(</proc/self/mountinfo)" /merged
  no_zombies() { ! grep -l '^State:.Z' /proc/[0-9]*/status; }
  eventually no_zombies
}
