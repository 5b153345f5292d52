# Sourced by inside: file systems, namespaces and privileges.

test_case d_read_only '--read-only with --tmpfs: size, mode, options'
d_read_only() {
  capture once --read-only --tmpfs /scratch:rw,size=1m,mode=0750,noexec -- sh -c \
    'stat -c %a /scratch; grep " /scratch " /proc/mounts; touch /file
    dd if=/dev/zero of=/scratch/x bs=1M count=2'
  want_rc 1
  want_in "$out" 750
  want_in "$out" noexec
  want_in "$out" size=1024k
  want_in "$err" '/file: Read-only file system'
  want_in "$err" 'No space left on device'
}

test_case d_bind '-v and --mount: writable, read-only, of a file, with propagation'
d_bind() {
  mkdir -p "$base/bind"
  echo old >"$base/bind/file"
  want_output old once -v "$base/bind:/mnt" -- sh -c 'cat /mnt/file; echo new > /mnt/file'
  want_is "$(<"$base/bind/file")" new
  capture once -v "$base/bind:/deep/er/mnt:ro,rshared" -- sh -c 'echo no > /deep/er/mnt/file'
  want_failure
  want_in "$err" 'Read-only file system'
  want_output new once --mount "type=bind,src=$base/bind/file,dst=/one-file,ro" -- cat /one-file
}

test_case d_volume 'a named volume takes a copy of what the image holds; --volumes-from'
d_volume() {
  docker volume create d-volume
  want_output planted once -v d-volume:/seed -- sh -c 'cat /seed/file; echo more > /seed/more'
  background d-holder -v d-volume:/seed
  want_output more once --volumes-from d-holder:ro -- cat /seed/more
  remove d-holder
  docker volume rm d-volume
}

test_case d_shm '--shm-size and --ipc none'
d_shm() {
  capture once --shm-size 3m -- grep ' /dev/shm ' /proc/mounts
  want_in "$out" size=3072k
  capture once --ipc none -- grep ' /dev/shm ' /proc/mounts
  want_rc 1
}

test_case d_capabilities '--cap-drop and --cap-add, also in exec'
d_capabilities() {
  local show='grep -E "^Cap(Eff|Bnd)" /proc/self/status | cut -f 2 | uniq'
  want_output 00000000a80425fb once -- sh -c "$show"
  want_output 0000000000000000 once --cap-drop all -- sh -c "$show"
  want_output 0000000000000001 once --cap-drop all --cap-add CHOWN -- sh -c "$show"
  want_output 00000000aa0425fb once --cap-add SYS_TIME -- sh -c "$show"
  background d-caps --cap-drop CHOWN
  want_output 00000000a80425fa docker exec d-caps sh -c "$show"
  remove d-caps
}

test_case d_seccomp 'the default seccomp profile, none, and one of our own; also in exec'
d_seccomp() {
  local show='grep ^Seccomp: /proc/self/status'
  want_output $'Seccomp:\t2' once -- sh -c "$show"
  capture once -- unshare -U true
  want_failure
  want_output $'Seccomp:\t0' once --security-opt seccomp=unconfined -- sh -c "$show; unshare -U true"
  cat >"$base/seccomp.json" <<JSON
{"defaultAction": "SCMP_ACT_ALLOW", "syscalls":
  [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28}]}
JSON
  background d-seccomp --security-opt "seccomp=$base/seccomp.json"
  capture docker exec d-seccomp mkdir /tmp/new
  want_rc 1
  want_in "$err" 'No space left on device'
  remove d-seccomp
}

test_case d_masked 'masked and read-only paths, and --security-opt systempaths=unconfined'
d_masked() {
  want_output 0 once -- sh -c 'wc -c < /proc/keys'
  capture once -- sh -c 'echo 1 > /proc/sys/kernel/domainname'
  want_in "$err" 'Read-only file system'
  want_output 0 once --security-opt systempaths=unconfined -- \
    sh -c 'grep -c " /proc/" /proc/mounts || :'
}

test_case d_privileged '--privileged, in run and in exec'
d_privileged() {
  # Docker 20.10 asks for every capability the kernel knows, which nobody can give who lacks one.
  local known own
  known=$(printf '%016x' $(((1 << $(</proc/sys/kernel/cap_last_cap) + 1) - 1)))
  own=$(awk '/^CapBnd/ { print $2 }' /proc/self/status)
  [[ $own == "$known" ]] || skip "the caller has $own of the capabilities $known"
  capture once --privileged -- \
    sh -c 'mount -t tmpfs tmpfs /tmp && touch /dev/kmsg && grep ^Seccomp: /proc/self/status'
  want_rc 0
  want_in "$out" $'Seccomp:\t0'
  background d-privileged
  want_output "CapEff:	$known" docker exec --privileged d-privileged grep CapEff /proc/self/status
  remove d-privileged
}

test_case d_devices '--device, --device-cgroup-rule, a device that was not given'
d_devices() {
  want_output allowed once --device /dev/kmsg:/dev/given:w -- \
    sh -c 'exec 3>/dev/given && echo allowed'
  want_output c once -- sh -c \
    'for d in null zero full random urandom tty; do test -c /dev/$d || echo no $d; done; echo c'
  local node='mknod /tmp/kmsg c 1 11 && exec 3>/tmp/kmsg && echo allowed'
  capture once -- sh -c "$node"
  want_failure
  want_in "$err" 'Operation not permitted'
  want_output allowed once --device-cgroup-rule 'c 1:11 w' -- sh -c "$node"
}

test_case d_bridge 'the bridge network, which a prestart hook makes: two containers and a port'
d_bridge() {
  docker run --detach --name d-server --publish 127.0.0.1:8765:7777 "$image" \
    sh -c 'while :; do nc -l -p 7777 -e echo answer; done'
  local address
  address=$(inspect d-server '{{.NetworkSettings.IPAddress}}')
  want_in "$(docker exec d-server ip -o -4 address show eth0)" "inet $address/"
  asks() { [[ $(docker run --rm "$image" nc "$address" 7777 </dev/null) == answer ]]; }
  eventually asks
  asks_port() { [[ $(busybox nc 127.0.0.1 8765 </dev/null) == answer ]]; }
  eventually asks_port
  remove d-server
}

test_case d_cgroupns '--cgroupns private shows the own cgroup as root'
d_cgroupns() {
  want_output 0 once --cgroupns private -- sh -c 'grep -c docker /proc/self/cgroup || :'
  capture once --cgroupns host -- cat /proc/self/cgroup
  want_in "$out" docker/
}
