# Sourced by inside: the binary under containerd's feet is runc's first and becomes ours.

test_case ctr_swap 'containers that runc started go on with ocirun in its place'
ctr_swap() {
  command -v runc >/dev/null || skip 'runc is not installed'
  ln -sfn "$(command -v runc)" "$base/swapped"
  local runtime=$base/swapped pid
  background c-swap
  background c-swap-2
  pid=$(init_pid c-swap)
  ln -sfn "$built" "$base/swapped"
  want_output out ctr task exec --exec-id s1 c-swap echo out
  want_output "$(readlink "/proc/$pid/ns/pid")" \
    ctr task exec --exec-id s2 c-swap readlink /proc/self/ns/pid
  want_in "$(ctr task ps c-swap)" "$pid"
  capture ctr task pause c-swap
  want_rc 0
  want_is "$(status c-swap)" PAUSED
  capture ctr task resume c-swap
  want_rc 0
  want_is "$(status c-swap)" RUNNING
  capture ctr task kill --signal TERM c-swap
  want_rc 0
  eventually status_is c-swap STOPPED
  ended_with 5 c-swap
  ctr container rm c-swap
  remove c-swap-2
  want_output 'a new one' once -- c-swap-3 echo 'a new one'
  want_is "$(find /run/containerd/runc -mindepth 2 -maxdepth 2)" ''
  want_is "$(find /sys/fs/cgroup -name 'c-swap*')" ''
}
