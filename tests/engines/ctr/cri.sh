# Sourced by inside: a pod through containerd's CRI. Debian 12 has no crictl; who has one runs this.

crictl() {
  local socket=unix:///run/containerd/containerd.sock
  timeout 60 crictl --config "$base/crictl.yaml" --runtime-endpoint $socket \
    --image-endpoint $socket "$@"
}
cri_documents() {
  echo '{}' >"$base/crictl.yaml"
  mkdir -p "$base/logs"
  # The network of the node: no CNI is needed.
  jq -n --arg logs "$base/logs" '{metadata: {name: "pod", namespace: "default", uid: "u1"},
    log_directory: $logs, linux: {cgroup_parent: "/pods/p1",
      security_context: {namespace_options: {network: 2}}}}' >"$base/pod.json"
  jq -n --arg image "$image" --arg waiter "$waiter" '{metadata: {name: "box"},
    image: {image: $image}, command: ["sh", "-c", ("echo begun; " + $waiter)],
    log_path: "box.log", linux: {resources: {memory_limit_in_bytes: 67108864}}}' >"$base/box.json"
}
cri_memory() { cat "/sys/fs/cgroup/memory/pods/p1/$1/memory.limit_in_bytes"; }
cri_counts() { [[ $(crictl stats --id "$1" -o json | jq '.stats[0] | .cpu, .memory') == *value* ]]; }

test_case ctr_cri 'CRI: runp, create, start, exec, stats, update, logs, stop and rm of a pod'
ctr_cri() {
  type -P crictl >/dev/null || skip 'crictl is not installed'
  local pod box
  cri_documents
  ctr --namespace k8s.io image import "$work/image.tar"
  pod=$(crictl runp "$base/pod.json")
  box=$(crictl create "$pod" "$base/box.json" "$base/pod.json")
  capture crictl start "$box"
  want_rc 0
  eventually crictl exec --sync "$box" test -e /tmp/ready
  want_output streamed crictl exec "$box" echo streamed
  capture crictl exec --sync "$box" sh -c 'exit 3'
  want_failure
  eventually cri_counts "$box"
  if [[ $view == v1 ]]; then
    want_is "$(cri_memory "$box")" 67108864
    crictl update --memory 83886080 "$box"
    want_is "$(cri_memory "$box")" 83886080
  fi
  want_output begun crictl logs "$box"
  capture crictl stop --timeout 10 "$box"
  want_rc 0
  want_output '["CONTAINER_EXITED",5]' sh -c 'jq -c "[.status.state, .status.exitCode]"' \
    < <(crictl inspect "$box")
  crictl rm "$box"
  crictl stopp "$pod"
  crictl rmp "$pod"
  want_output '' crictl pods --quiet
  want_is "$(find /run/containerd/runc/k8s.io -mindepth 1)" ''
  want_is "$(find /sys/fs/cgroup -path '*/pods/p1/*' -type d)" ''
}
