# Sourced by inside: file systems, namespaces, privileges and cgroups.

test_case p_read_only '--read-only, with its temporary file systems'
p_read_only() {
  capture once --read-only -- sh -c 'touch /tmp/file && touch /file'
  want_rc 1
  want_in "$err" '/file: Read-only file system'
}

test_case p_tmpfs '--tmpfs: size, mode and what the image holds there'
p_tmpfs() {
  capture once --tmpfs /scratch:rw,size=1m,mode=0750,noexec --tmpfs /seed -- sh -c \
    'stat -c %a /scratch; grep " /scratch " /proc/mounts; cat /seed/file
    dd if=/dev/zero of=/scratch/x bs=1M count=2'
  want_rc 1
  want_in "$out" 750
  want_in "$out" noexec
  want_in "$out" size=1024k
  want_in "$out" planted
  want_in "$err" 'No space left on device'
}

test_case p_bind '-v: bind mounts, writable, read-only, of a file, with propagation'
p_bind() {
  mkdir -p "$base/bind"
  echo old >"$base/bind/file"
  want_output old once -v "$base/bind:/mnt" -- sh -c 'cat /mnt/file; echo new > /mnt/file'
  want_is "$(<"$base/bind/file")" new
  capture once -v "$base/bind:/deep/er/mnt:ro,rshared" -- sh -c 'echo no > /deep/er/mnt/file'
  want_failure
  want_in "$err" 'Read-only file system'
  want_output new once -v "$base/bind/file:/one-file:ro" -- cat /one-file
}

test_case p_volume 'a named volume takes a copy of what the image holds (tmpcopyup as well)'
p_volume() {
  podman volume create p-volume
  want_output planted once -v p-volume:/seed -- sh -c 'cat /seed/file; echo more > /seed/more'
  want_output more once -v p-volume:/seed -- cat /seed/more
  want_output planted once --mount type=tmpfs,destination=/seed,tmpcopyup -- cat /seed/file
  capture once --mount type=tmpfs,destination=/seed,notmpcopyup -- cat /seed/file
  want_failure
  podman volume rm p-volume
}

test_case p_capabilities '--cap-drop and --cap-add'
p_capabilities() {
  local show='grep -E "^Cap(Eff|Bnd)" /proc/self/status | cut -f 2 | uniq'
  want_output 00000000800405fb once -- sh -c "$show"
  want_output 0000000000000000 once --cap-drop all -- sh -c "$show"
  want_output 0000000000000001 once --cap-drop all --cap-add CHOWN -- sh -c "$show"
  want_output 00000000820405fb once --cap-add SYS_TIME -- sh -c "$show"
}

test_case p_seccomp 'the default seccomp profile, and --security-opt seccomp=unconfined'
p_seccomp() {
  local show='grep ^Seccomp: /proc/self/status'
  want_output $'Seccomp:\t2' once -- sh -c "$show"
  want_output $'Seccomp:\t0' once --security-opt seccomp=unconfined -- sh -c "$show"
  cat >"$base/seccomp.json" <<JSON
{"defaultAction": "SCMP_ACT_ALLOW", "syscalls":
  [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28}]}
JSON
  capture once --security-opt "seccomp=$base/seccomp.json" -- mkdir /tmp/new
  want_rc 1
  want_in "$err" 'No space left on device'
}

test_case p_masked 'masked and read-only paths, and --security-opt unmask'
p_masked() {
  want_output 0 once -- sh -c 'wc -c < /proc/keys'
  capture once -- sh -c 'echo 1 > /proc/sys/kernel/domainname'
  want_in "$err" 'Read-only file system'
  capture once --security-opt unmask=ALL -- sh -c 'grep -c " /proc/" /proc/mounts'
  want_is "$out" 0
}

test_case p_privileged '--privileged'
p_privileged() {
  capture once --privileged -- \
    sh -c 'mount -t tmpfs tmpfs /tmp && touch /dev/kmsg && grep ^Seccomp: /proc/self/status'
  want_rc 0
  want_in "$out" $'Seccomp:\t0'
}

test_case p_devices '--device, default devices, a device that was not given'
p_devices() {
  want_output allowed once --device /dev/kmsg -- sh -c 'exec 3>/dev/kmsg && echo allowed'
  want_output c once -- sh -c \
    'for d in null zero full random urandom tty; do test -c /dev/$d || echo no $d; done; echo c'
  capture once --cap-add MKNOD -- \
    sh -c 'mknod /tmp/kmsg c 1 11 && exec 3</tmp/kmsg && echo allowed'
  want_failure
  want_in "$err" 'Operation not permitted'
}

test_case p_hostname '--hostname'
p_hostname() {
  want_output 'probe-host probe-host' once --hostname probe-host -- \
    sh -c 'echo "$(hostname) $HOSTNAME"'
}

test_case p_user_namespace '--uidmap: a user namespace, its files and exec in it'
p_user_namespace() {
  background p-userns --uidmap 0:100000:65536 --gidmap 0:100000:65536
  capture podman exec p-userns sh -c 'tr -s " " < /proc/self/uid_map; id -u; stat -c %u /seed/file'
  want_rc 0
  want_is "$out" $' 0 100000 65536\n0\n0'
  want_is "$(stat -c %u "/proc/$(init_pid p-userns)")" 100000
  remove p-userns
}

test_case p_user_namespace_user '--uidmap with --user and -v'
p_user_namespace_user() {
  mkdir -p "$base/userns"
  chown 101000:101000 "$base/userns"
  want_output 1000 once --uidmap 0:100000:65536 --user 1000:1000 -v "$base/userns:/mnt" -- \
    sh -c 'touch /mnt/file && stat -c %u /mnt/file'
  want_is "$(stat -c %u "$base/userns/file")" 101000
}

test_case p_cgroupns '--cgroupns private shows the own cgroup as root'
p_cgroupns() {
  capture once --cgroupns private -- cat /proc/self/cgroup
  want_rc 0
  want_not_in "$out" libpod
  capture once --cgroupns host -- cat /proc/self/cgroup
  want_in "$out" libpod
}

test_case p_limits '--memory, --cpus, --pids-limit, --cpuset-cpus'
p_limits() {
  need_controller memory
  need_controller cpu
  need_controller pids
  background p-limits --memory 64m --cpus 0.5 --pids-limit 50 --cpuset-cpus 0
  want_is "$(cgroup_file memory p-limits memory.limit_in_bytes memory.max)" 67108864
  if [[ $view == v1 ]]; then
    want_is "$(cgroup_file cpu p-limits cpu.cfs_quota_us '')" 50000
  else
    want_is "$(cgroup_file '' p-limits '' cpu.max)" '50000 100000'
  fi
  want_is "$(cgroup_file pids p-limits pids.max pids.max)" 50
  want_is "$(cgroup_file cpuset p-limits cpuset.cpus cpuset.cpus)" 0
  remove p-limits
}

test_case p_update 'update'
takes_update() { "$runtime" update --help &>/dev/null; }
p_update() {
  takes_update || skip 'the runtime has no update command'
  need_controller cpu
  background p-update --cpus 0.5
  capture podman update --cpus 0.25 p-update
  want_rc 0
  if [[ $view == v1 ]]; then
    want_is "$(cgroup_file cpu p-update cpu.cfs_quota_us '')" 25000
  else
    want_is "$(cgroup_file '' p-update '' cpu.max)" '25000 100000'
  fi
  remove p-update
}

test_case p_oom 'a process over --memory is killed and conmon is told of it'
p_oom() {
  need_controller memory
  rm -f oom
  capture run --name p-oom --memory 32m --memory-swap 32m -- \
    sh -c 'tail /dev/zero; echo "$?"; sleep 0.3'
  want_rc 0
  # The shell outlives its child: at the end of a container conmon may miss the kernel's message.
  # Its mark is a file in its working directory, where podman 4.3 does not look for it.
  want_is "$out" 137
  [[ -e oom || $(inspect p-oom '{{.State.OOMKilled}}') == true ]] || complain 'conmon saw no OOM'
  remove p-oom
}

test_case p_no_cgroups '--cgroups=disabled'
p_no_cgroups() {
  takes_no_cgroups || skip 'the runtime has no --cgroup-manager disabled'
  want_output hello once --cgroups disabled -- echo hello
}
