# Sourced by inside: cgroups.

test_case d_limits '--memory, --cpus, --pids-limit, --cpuset-cpus'
d_limits() {
  need_controller memory
  need_controller cpu
  need_controller pids
  background d-limits --memory 64m --cpus 0.5 --cpu-shares 512 --pids-limit 50 --cpuset-cpus 0
  want_is "$(cgroup_file memory d-limits memory.limit_in_bytes memory.max)" 67108864
  if [[ $view == v1 ]]; then
    want_is "$(cgroup_file cpu d-limits cpu.cfs_quota_us '')" 50000
    want_is "$(cgroup_file cpu d-limits cpu.shares '')" 512
  else
    want_is "$(cgroup_file '' d-limits '' cpu.max)" '50000 100000'
    want_is "$(cgroup_file '' d-limits '' cpu.weight)" 20
  fi
  want_is "$(cgroup_file pids d-limits pids.max pids.max)" 50
  want_is "$(cgroup_file cpuset d-limits cpuset.cpus cpuset.cpus)" 0
  remove d-limits
}

test_case d_throttle '--device-read-bps'
d_throttle() {
  [[ $view == v1 ]] || skip 'the limit is looked up on cgroup v1'
  local device major_minor
  device=$(findmnt --noheadings --output SOURCE --target "$base")
  [[ -b $device ]] || skip "the storage is on $device, no block device"
  major_minor=$(lsblk --noheadings --nodeps --output MAJ:MIN "$device" | tr -d ' ')
  background d-throttle --device-read-bps "$device:1mb"
  want_is "$(cgroup_file blkio d-throttle blkio.throttle.read_bps_device '')" "$major_minor 1048576"
  remove d-throttle
}

test_case d_cgroup_parent '--cgroup-parent'
d_cgroup_parent() {
  background d-parent --cgroup-parent /elsewhere --cgroupns host
  want_in "$(docker exec d-parent cat /proc/self/cgroup)" "/elsewhere/$(inspect d-parent '{{.Id}}')"
  remove d-parent
}

test_case d_update 'update of a running and of a paused container'
d_update() {
  need_controller cpu
  need_controller memory
  background d-update --cpus 0.5 --memory 64m --memory-swap 64m
  capture docker update --cpus 0.25 --memory 80m --memory-swap 80m --pids-limit 40 d-update
  want_rc 0
  if [[ $view == v1 ]]; then
    want_is "$(cgroup_file cpu d-update cpu.cfs_quota_us '')" 25000
  else
    want_is "$(cgroup_file '' d-update '' cpu.max)" '25000 100000'
  fi
  want_is "$(cgroup_file memory d-update memory.limit_in_bytes memory.max)" 83886080
  want_is "$(cgroup_file pids d-update pids.max pids.max)" 40
  docker pause d-update
  capture docker update --memory 72m --memory-swap 72m d-update
  want_rc 0
  want_output paused state d-update
  want_is "$(cgroup_file memory d-update memory.limit_in_bytes memory.max)" 75497472
  docker unpause d-update
  # What the kernel refuses comes back as an error, and the old value stays.
  capture docker update --cpuset-cpus 999 d-update
  want_failure
  remove d-update
}

test_case d_update_restart 'update --restart'
d_update_restart() {
  background d-update-r
  capture docker update --restart on-failure:3 d-update-r
  want_rc 0
  want_is "$(inspect d-update-r '{{.HostConfig.RestartPolicy.Name}}')" on-failure
  remove d-update-r
}

test_case d_stats 'stats'
d_stats() {
  need_controller memory
  need_controller pids
  background d-stats --memory 64m
  capture docker stats --no-stream --format '{{.Name}} {{.PIDs}} {{.MemUsage}}' d-stats
  want_rc 0
  [[ $out =~ ^d-stats\ [1-9][0-9]*\ [0-9.]+[KM]iB\ /\ 64MiB$ ]] || complain 'other statistics'
  remove d-stats
}

test_case d_oom 'a container over --memory: OOMKilled, exit code 137'
d_oom() {
  need_controller memory
  run --detach --name d-oom --memory 16m --memory-swap 16m -- \
    sh -c 'tail /dev/zero; code=$?; sleep 2; exit $code'
  # The shell outlives its child: at the end of a container the shim may miss the kernel's message.
  want_output 137 docker wait d-oom
  want_is "$(inspect d-oom '{{.State.OOMKilled}} {{.State.ExitCode}}')" 'true 137'
  remove d-oom
  capture once --memory 16m --memory-swap 16m -- tail /dev/zero
  want_rc 137
}

test_case d_oom_event 'events: oom, and those of a life'
d_oom_event() {
  need_controller memory
  run --name d-events --memory 16m --memory-swap 16m -- \
    sh -c 'tail /dev/zero; sleep 2; exit 0'
  remove d-events
  life() {
    docker events --since 1m --until 0s --filter container=d-events --filter event=create \
      --filter event=start --filter event=oom --filter event=die --filter event=destroy \
      --format '{{.Action}}'
  }
  life_is_told() { [[ $(echo $(life)) == 'create start oom die destroy' ]]; }
  eventually life_is_told
}
