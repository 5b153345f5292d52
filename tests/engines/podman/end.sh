# Sourced by inside, last: many at once, and what is left.

test_case p_nothing_left 'nothing is left: containers, cgroups, mounts, zombies'
p_nothing_left() {
  want_output '' podman ps --all --quiet
  want_output '' find /sys/fs/cgroup -type d -path '*libpod_parent/libpod-*'
  want_not_in "$(</proc/self/mountinfo)" /merged
  no_zombies() { ! grep -l '^State:.Z' /proc/[0-9]*/status; }
  eventually no_zombies
}
