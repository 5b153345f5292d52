# Sourced by inside: image import, and what "ctr run" hands to a container.

test_case ctr_import 'image import'
ctr_import() {
  capture ctr image import "$work/image.tar"
  want_rc 0
  capture ctr image ls -q
  want_is "$out" "$image"
}

test_case ctr_run 'run --rm prints what the command prints'
ctr_run() {
  want_output 'hello world' once -- c-run echo 'hello world'
  want_output '' ctr container ls -q
}

test_case ctr_exit_code 'run --rm ends with the exit code'
ctr_exit_code() {
  capture once -- c-exit sh -c 'echo out; echo err >&2; exit 7'
  want_rc 7
  want_is "$out" out
  want_is "$err" err
}

test_case ctr_signal_exit 'a command killed by a signal gives 128 + signal'
ctr_signal_exit() {
  capture once -- c-signal sh -c 'sh -c "kill -SEGV \$\$"; exit $?'
  want_rc 139
}

test_case ctr_stdin 'run reads stdin to its end'
ctr_stdin() {
  capture once -- c-stdin wc -c < <(head -c 300000 /dev/zero)
  want_rc 0
  want_is "$out" 300000
}

test_case ctr_tty 'run --tty gives a terminal'
ctr_tty() {
  capture tty_run c-tty sh -c 'tty; test -t 0 && test -t 1 && test -t 2; exit $((3 + $?))'
  want_rc 3
  want_is "$out" /dev/pts/0
}

test_case ctr_env 'run --env and the environment of the image'
ctr_env() {
  want_output 'probe|a b|/bin' \
    once --env 'MORE=a b' -- c-env sh -c 'echo "$IMAGE|$MORE|$PATH"'
}

test_case ctr_cwd 'run --cwd'
ctr_cwd() { want_output /home/app once --cwd /home/app -- c-cwd pwd; }

test_case ctr_config 'run --config: user, groups, umask, limits on top of the default spec'
ctr_config() {
  ctr oci spec | jq --arg root "$work/rootfs" '.root = {path: $root, readonly: true}
    | .linux.cgroupsPath += "/c-config"
    | .process.user = {uid: 1000, gid: 1000, additionalGids: [2000], umask: 63}
    | .process.rlimits = [{type: "RLIMIT_NOFILE", soft: 100, hard: 200}]
    | .process.cwd = "/home/app" | .process.env = ["PATH=/bin"]
    | .process.args = ["sh", "-c", "id; umask; ulimit -Sn; ulimit -Hn; pwd"]' >"$base/spec.json"
  capture ctr run --runc-binary "$runtime" --rm --config "$base/spec.json" c-config
  want_rc 0
  want_is "$(echo $out)" \
    'uid=1000(app) gid=1000(app) groups=2000(extra) 0077 100 200 /home/app'
}

test_case ctr_read_only 'run --read-only'
ctr_read_only() {
  capture once --read-only -- c-ro touch /file
  want_rc 1
  want_in "$err" 'Read-only file system'
  want_output '' once -- c-rw touch /file
}

test_case ctr_mount 'run --mount: a bind mount, writable and read-only'
ctr_mount() {
  mkdir -p "$base/bind"
  echo old >"$base/bind/file"
  want_output old once --mount "type=bind,src=$base/bind,dst=/mnt,options=rbind:rw" -- c-bind \
    sh -c 'cat /mnt/file; echo new > /mnt/file'
  want_is "$(<"$base/bind/file")" new
  capture once --mount "type=bind,src=$base/bind,dst=/mnt,options=rbind:ro" -- c-bind-ro \
    sh -c 'echo no > /mnt/file'
  want_failure
  want_in "$err" 'Read-only file system'
}

test_case ctr_rootfs 'run --rootfs DIR'
ctr_rootfs() {
  capture ctr run --runc-binary "$runtime" --rm --rootfs "$work/rootfs" c-rootfs /bin/cat /seed/file
  want_rc 0
  want_is "$out" planted
}

test_case ctr_no_pivot 'run --no-pivot is taken'
ctr_no_pivot() {
  # Without pivot_root the root must be a mount point of its own, which a snapshot is.
  want_output planted once --no-pivot -- c-no-pivot cat /seed/file
}

test_case ctr_seccomp 'run --seccomp loads the default profile, and none is loaded without it'
ctr_seccomp() {
  local script='grep ^Seccomp: /proc/self/status; unshare -m true && echo unshared'
  capture once --seccomp --cap-add CAP_SYS_ADMIN --cap-drop CAP_SYS_ADMIN -- c-seccomp \
    sh -c "$script"
  want_in "$out" $'Seccomp:\t2'
  want_not_in "$out" unshared
  capture once --cap-add CAP_SYS_ADMIN -- c-no-seccomp sh -c "$script"
  want_in "$out" $'Seccomp:\t0'
  want_in "$out" unshared
}

test_case ctr_capabilities 'run --cap-add, --cap-drop, --allow-new-privs'
ctr_capabilities() {
  local show='grep -E "^(CapEff|CapBnd|NoNewPrivs)" /proc/self/status'
  capture once -- c-caps sh -c "$show"
  want_in "$out" $'CapEff:\t00000000a80425fb'
  want_in "$out" $'CapBnd:\t00000000a80425fb'
  want_in "$out" $'NoNewPrivs:\t1'
  capture once --cap-drop CAP_CHOWN --cap-add CAP_SYS_TIME --allow-new-privs -- c-caps2 \
    sh -c "$show"
  want_in "$out" $'CapEff:\t00000000aa0425fa'
  want_in "$out" $'NoNewPrivs:\t0'
}

test_case ctr_device 'run --device, and a device that was not given'
ctr_device() {
  want_output 'allowed' once --device /dev/kmsg -- c-device \
    sh -c 'exec 3>/dev/kmsg && echo allowed'
  capture once --cap-add CAP_MKNOD -- c-no-device \
    sh -c 'mknod /tmp/kmsg c 1 11 && exec 3</tmp/kmsg && echo allowed'
  want_failure
  want_in "$err" 'Operation not permitted'
}

test_case ctr_namespaces 'a container has namespaces of its own; --net-host and --with-ns share'
ctr_namespaces() {
  local host inside kind
  inside=$(once -- c-ns sh -c 'for n in ipc mnt net pid uts; do readlink /proc/self/ns/$n; done')
  want_is "$(wc -l <<<"$inside")" 5
  for kind in ipc mnt net pid uts; do
    host=$(readlink "/proc/self/ns/$kind")
    want_not_in "$inside" "$host"
  done
  want_output "$(readlink /proc/self/ns/net)" once --net-host -- c-net readlink /proc/self/ns/net
  background c-joined
  want_output "$(readlink "/proc/$(init_pid c-joined)/ns/uts")" \
    once --with-ns "uts:/proc/$(init_pid c-joined)/ns/uts" -- c-join readlink /proc/self/ns/uts
  remove c-joined
}

test_case ctr_user_namespace 'run --uidmap --gidmap'
ctr_user_namespace() {
  local map='grep -o "[0-9].*" /proc/self/uid_map | tr -s " "; id -u; cat /seed/file'
  capture once --uidmap 0:100000:65536 --gidmap 0:100000:65536 -- c-userns sh -c "$map"
  want_rc 0
  want_in "$out" '0 100000 65536'
  want_in "$out" planted
}

test_case ctr_memory_limit 'run --memory-limit'
ctr_memory_limit() {
  need_v1
  background --memory-limit 67108864 -- c-memory
  want_is "$(cgroup_file memory c-memory memory.limit_in_bytes)" 67108864
  remove c-memory
  capture once --memory-limit 33554432 -- c-oom tail /dev/zero
  want_rc 137
}

test_case ctr_cpus 'run --cpus'
ctr_cpus() {
  need_v1
  background --cpus 0.5 -- c-cpus
  want_is "$(cgroup_file cpu c-cpus cpu.cfs_quota_us)" 50000
  want_is "$(cgroup_file cpu c-cpus cpu.cfs_period_us)" 100000
  remove c-cpus
}

test_case ctr_missing_program 'a missing program: the text'
ctr_missing_program() {
  capture once -- c-missing no-such-program
  want_failure
  want_in "$err" 'OCI runtime create failed'
  want_in "$err" 'executable file not found in $PATH'
  capture once -- c-missing2 /bin/no-such-program
  want_failure
  want_in "$err" 'no such file or directory'
}

test_case ctr_not_executable 'a program without x bit, and a directory: the text'
ctr_not_executable() {
  capture once -- c-plain /bin/plain
  want_failure
  want_in "$err" 'permission denied'
  capture once -- c-dir /etc
  want_failure
  # What Go says here differs between its releases.
  [[ $err == *'permission denied'* || $err == *'is a directory'* ]] || complain 'another text'
}

test_case ctr_no_leaked_fds 'no file descriptor of the engine comes in'
ctr_no_leaked_fds() { want_output '0 1 2 3' once -- c-fds sh -c 'echo $(ls /proc/self/fd)'; }
