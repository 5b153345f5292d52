# Sourced by inside: the binary under podman's feet is crun's first and becomes ours. Podman passes
# no --root: called crun, ours looks where crun does.

test_case p_swap 'containers that crun started go on with ocirun in its place'
p_swap() {
  command -v crun >/dev/null || skip 'crun is not installed'
  local crun=$base/swapped/crun
  mkdir -p "$base/swapped"
  ln -sfn "$(command -v crun)" "$crun"
  swapped() { timeout 60 "${cli_command[@]}" --runtime "$crun" "$@"; }
  swapped_is() { [[ $(swapped inspect --format '{{.State.Status}}' "$1") == "$2" ]]; }
  local name pid
  for name in p-swap p-swap-2; do
    capture swapped run --detach --name $name --network none "$image" sh -c "$waiter"
    if [[ $rc -ne 0 && $err == *RLIM_MEMLOCK* ]]; then
      swapped rm --force $name
      skip 'crun may not raise RLIMIT_MEMLOCK here, which it needs on cgroup v2'
    fi
    want_rc 0
    eventually swapped exec $name test -e /tmp/ready
  done
  capture swapped create --name p-swap-3 --network none "$image" sh -c 'echo late; exit 6'
  want_rc 0
  capture swapped init p-swap-3
  want_rc 0
  pid=$(swapped inspect --format '{{.State.Pid}}' p-swap)
  ln -sfn "$built" "$crun"
  want_output out swapped exec p-swap echo out
  want_output "$(readlink "/proc/$pid/ns/pid")" swapped exec p-swap readlink /proc/self/ns/pid
  capture swapped pause p-swap
  want_rc 0
  swapped_is p-swap paused
  capture swapped unpause p-swap
  want_rc 0
  capture swapped stop --time 20 p-swap
  want_rc 0
  want_output 5 swapped wait p-swap
  capture swapped start p-swap-3
  want_rc 0
  want_output 6 swapped wait p-swap-3
  # What is started again is ours.
  capture swapped start p-swap
  want_rc 0
  want_in "$("$built" --root /run/crun list)" "$(swapped inspect --format '{{.Id}}' p-swap)"
  capture swapped rm --force --time 0 p-swap p-swap-2 p-swap-3
  want_rc 0
  want_is "$(ls /run/crun)" ''
}
