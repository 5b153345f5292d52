# Sourced by inside, last: many at once, and what is left.

test_case d_nothing_left 'nothing is left: containers, state of the runtime, cgroups, mounts, zombies'
d_nothing_left() {
  want_output '' docker ps --all --quiet
  want_output '' find /run/docker/runtime-runc -mindepth 2
  want_output '' find /sys/fs/cgroup -type d -regex '.*/\(docker\|elsewhere\)/[0-9a-f]+'
  want_not_in "$(</proc/self/mountinfo)" /merged
  no_zombies() { ! grep -l '^State:.Z' /proc/[0-9]*/status; }
  eventually no_zombies
}
