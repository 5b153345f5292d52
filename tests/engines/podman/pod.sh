# Sourced by inside: pods, and what several containers share there.

test_case p_pod 'a pod: its namespaces are shared; stop, start, pause and rm of all'
p_pod() {
  # Also with runc: podman 4.3 itself puts a device program on the pod's cgroup that allows nothing.
  [[ $view != v2 ]] || skip "podman closes the pod's cgroup to all devices on cgroup v2"
  podman pod create --name p-pod --infra-image "$image" --infra-command 'sleep 1000' \
    --network none --share net,ipc,uts
  local waiting=(podman run --detach --pod p-pod "$image" sh -c "$waiter") one two kind
  one=$("${waiting[@]}")
  two=$("${waiting[@]}")
  for kind in net ipc uts; do
    want_is "$(readlink "/proc/$(init_pid "$one")/ns/$kind")" \
      "$(readlink "/proc/$(init_pid "$two")/ns/$kind")"
  done
  eventually podman exec "$two" test -e /tmp/ready
  capture podman pod pause p-pod
  want_rc 0
  want_output paused state "$two"
  capture podman pod unpause p-pod
  want_rc 0
  capture podman pod stop --time 1 p-pod
  want_rc 0
  want_is "$(inspect "$two" '{{.State.ExitCode}}')" 5
  capture podman pod start p-pod
  want_rc 0
  want_output running state "$one"
  capture podman pod rm --force --time 0 p-pod
  want_rc 0
  want_output '' podman ps --all --quiet
}

test_case p_commit 'commit pauses the container and lets it go on'
p_commit() {
  background p-commit
  podman exec p-commit sh -c 'echo kept > /kept'
  capture podman commit --quiet --pause p-commit localhost/committed:1
  want_rc 0
  want_output running state p-commit
  remove p-commit
  want_output kept podman run --rm --network none localhost/committed:1 cat /kept
  podman rmi localhost/committed:1
}
